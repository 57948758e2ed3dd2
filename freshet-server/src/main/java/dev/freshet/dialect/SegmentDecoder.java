package dev.freshet.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.auth.WriteKeyGrant;

/** Segment's HTTP tracking API, which RudderStack's SDKs speak as well. */
public final class SegmentDecoder implements DialectDecoder {
    private final DialectParts parts;
    private final KeyLookup keys;
    private final Mapping mapping;

    public SegmentDecoder(DialectParts parts) {
        this.parts = parts;
        keys = new KeyLookup(parts.grantOfKey());
        mapping = new Mapping(parts.table());
    }

    @Override
    public DialectEvents decode(DialectRequest request) throws DialectException {
        byte[] json = DialectBody.json(request.body(), false);
        Envelope envelope = Envelope.of(json);
        ObjectNode fields = envelope.fields();
        String bodyKey = Texts.of(fields.path("writeKey"));
        WriteKeyGrant grant = keys.grant(request.headerKeys(), bodyKey);
        RequestRows rows = new RequestRows(
                grant,
                keys.known(request.headerKeys(), bodyKey),
                request.receivedAtMs(),
                json.length,
                parts.eventIds());
        SegmentRows messageRows = new SegmentRows(request, fields, rows, mapping, parts);
        envelope.forEach(new MessageIntake(json, rows, messageRows, parts.metrics()));
        return rows.build();
    }
}
