package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.ingest.DecodingShare;

/** PostHog's capture API: one event, an array, or the batch envelope, whatever the path is. */
public final class PostHogDecoder implements DialectDecoder {
    private final DialectParts parts;
    private final KeyLookup keys;

    public PostHogDecoder(DialectParts parts) {
        this.parts = parts;
        keys = new KeyLookup(parts.grantOfKey());
    }

    @Override
    public DialectEvents decode(DialectRequest request, DecodingShare share) throws DialectException {
        byte[] json = DialectBody.json(request.body(), true, share);
        Envelope envelope = Envelope.of(json);
        ObjectNode fields = envelope.fields();
        String bodyKey = keyOf(fields);
        boolean isKeyOfEach = bodyKey.isEmpty() && !envelope.isSingle();
        if (isKeyOfEach) {
            bodyKey = keyOf(envelope.firstMessage());
        }
        WriteKeyGrant grant = keys.grant(request.headerKeys(), bodyKey);
        RequestRows rows = new RequestRows(
                grant,
                keys.known(request.headerKeys(), bodyKey),
                request.receivedAtMs(),
                json.length,
                share,
                parts.eventIds());
        Mapping mapping = parts.mappings().of(grant.teamId());
        PostHogRows messageRows =
                new PostHogRows(request, fields, isKeyOfEach ? bodyKey : "", bodyKey, rows, mapping, parts);
        return rows.build(envelope, new MessageIntake(json, rows, messageRows, parts.metrics()));
    }

    /** The key that an envelope or a message holds, empty where it holds none. */
    static String keyOf(ObjectNode fields) {
        for (JsonNode value : new JsonNode[] {
            fields.path("api_key"),
            fields.path("token"),
            fields.path("$token"),
            fields.path("properties").path("token")
        }) {
            if (value.isTextual() && !value.textValue().isEmpty()) {
                return value.textValue();
            }
        }
        return "";
    }
}
