package dev.freshet.dialect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.NameBasedUuid;
import dev.freshet.event.ProfileChange;
import dev.freshet.event.RejectCode;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.Reject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The rows of one request as they come together. Confined to one thread. */
final class RequestRows {
    private static final UUID ID_NAMESPACE = NameBasedUuid.of(
            // RFC 9562, section 6.6: names that are URLs.
            UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "https://freshet.dev/sdk");

    private static final int UUID_LENGTH = 36;

    private final String teamId;
    private final String bodyKey;
    private final long receivedAtMs;
    private final EventRowsBuilder rows;
    private final List<Reject> rejected = new ArrayList<>();

    /** @param bodyKey the key that the body holds, which dead letters must not show */
    RequestRows(String teamId, String bodyKey, long receivedAtMs, int bodyBytes) {
        this.teamId = teamId;
        this.bodyKey = bodyKey;
        this.receivedAtMs = receivedAtMs;
        rows = new EventRowsBuilder(bodyBytes);
    }

    String teamId() {
        return teamId;
    }

    /** A client's id as an event id: a UUID as it is, anything else by its name within team and dialect. */
    UUID idOf(Dialect dialect, String clientId) {
        if (clientId.length() == UUID_LENGTH) {
            try {
                UUID id = UUID.fromString(clientId);
                if (id.toString().equalsIgnoreCase(clientId)) {
                    return id;
                }
            } catch (IllegalArgumentException e) {
                return named(dialect, clientId); // as long as a UUID, but none
            }
        }
        return named(dialect, clientId);
    }

    private UUID named(Dialect dialect, String clientId) {
        return NameBasedUuid.of(ID_NAMESPACE, teamId + ":" + dialect.wireName() + ":" + clientId);
    }

    /** The id of something else that the message with this id brings: each row of a message needs an id of its own. */
    static UUID idBeside(UUID messageId, String what) {
        return NameBasedUuid.of(messageId, what);
    }

    static RefusedMessage tooOld(String field) {
        return new RefusedMessage(
                RejectCode.TIMESTAMP_OUT_OF_RANGE,
                field + " is older than events are kept; raise FRESHET_RETENTION_DAYS to bring in history.");
    }

    /** @param properties lose their largest fields where they are too large */
    void event(
            UUID id,
            Mapped mapped,
            long timestampMs,
            String userId,
            String sessionId,
            ObjectNode properties,
            boolean isCut) {
        byte[] json = PropertiesJson.write(properties, isCut);
        rows.row(timestampMs, id.getMostSignificantBits(), id.getLeastSignificantBits(), mapped.type())
                .text(teamId)
                .text(mapped.name())
                .text(userId)
                .text(sessionId)
                .text(json, 0, json.length);
    }

    void profile(UUID id, ProfileChange.Kind kind, String userId, String otherId, long atMs, ObjectNode traits) {
        new ProfileChange(teamId, kind, userId, otherId, atMs, new String(json(traits), StandardCharsets.UTF_8))
                .addTo(rows, id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static byte[] json(ObjectNode traits) {
        traits.properties().forEach(part -> {
            if (part.getValue() instanceof ObjectNode fields) {
                PropertiesJson.write(fields, false);
            }
        });
        return PropertiesJson.json(traits);
    }

    /** The traits of a change: {@code set} overwrites, {@code setOnce} only where there is nothing. */
    static ObjectNode traits(ObjectNode set, ObjectNode setOnce) {
        ObjectNode traits = JsonNodeFactory.instance.objectNode();
        if (!set.isEmpty()) {
            traits.set("set", set);
        }
        if (!setOnce.isEmpty()) {
            traits.set("setOnce", setOnce);
        }
        return traits;
    }

    /** @param index the message's place in the request */
    void refuse(int index, Dialect dialect, RejectCode code, String message, String body) {
        rejected.add(new Reject(index, code, message));
        String shown = bodyKey.isEmpty() ? body : body.replace(bodyKey, "[write key]");
        new DeadLetter(teamId, receivedAtMs, dialect.wireName(), code.wireName(), message, shown).addTo(rows);
    }

    DialectEvents build() {
        return new DialectEvents(teamId, new DecodedEvents(rows.build(), rejected.size(), rejected));
    }
}
