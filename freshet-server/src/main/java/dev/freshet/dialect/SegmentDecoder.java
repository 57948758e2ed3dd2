package dev.freshet.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.ingest.DecodingShare;

/** Segment's HTTP tracking API, which RudderStack's SDKs speak as well. */
public final class SegmentDecoder implements DialectDecoder {
    private final DialectParts parts;
    private final KeyLookup keys;

    public SegmentDecoder(DialectParts parts) {
        this.parts = parts;
        keys = new KeyLookup(parts.grantOfKey());
    }

    @Override
    public DialectEvents decode(DialectRequest request, DecodingShare share) throws DialectException {
        byte[] json = DialectBody.json(request.body(), false, share);
        Envelope envelope = Envelope.of(json);
        ObjectNode fields = envelope.fields();
        String bodyKey = Texts.of(fields.path("writeKey"));
        WriteKeyGrant grant = keys.grant(request.headerKeys(), bodyKey);
        RequestRows rows = new RequestRows(
                grant,
                keys.known(request.headerKeys(), bodyKey),
                request.receivedAtMs(),
                json.length,
                share,
                parts.eventIds());
        Mapping mapping = parts.mappings().of(grant.teamId());
        SegmentRows messageRows = new SegmentRows(request, fields, rows, mapping, parts);
        return rows.build(envelope, new MessageIntake(json, rows, messageRows, parts.metrics()));
    }
}
