package dev.freshet.dialect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.NameBasedUuid;
import dev.freshet.event.PresentedKeys;
import dev.freshet.event.ProfileChange;
import dev.freshet.event.RejectCode;
import dev.freshet.event.RowsTooLargeException;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.EventIds;
import dev.freshet.ingest.LargeBodyException;
import dev.freshet.ingest.Reject;
import dev.freshet.ingest.SentMarks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The rows of one request as they come together. Confined to one thread. */
final class RequestRows implements EventRowsBuilder.Progress {
    private static final UUID ID_NAMESPACE = NameBasedUuid.of(
            // RFC 9562, section 6.6: names that are URLs.
            UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "https://freshet.dev/sdk");

    private static final int UUID_LENGTH = 36;

    private final WriteKeyGrant grant;
    private final String teamId;
    private final PresentedKeys keys;
    private final long receivedAtMs;
    private final EventIds eventIds;
    private final DecodingShare share;
    private final EventRowsBuilder rows;
    private final SentMarks sent = new SentMarks();
    private final List<Reject> rejected = new ArrayList<>();
    private final int bodyBytes;
    private int readBytes;

    /**
     * @param keys the keys that came with the request, which dead letters must not show
     * @param share bounds the rows, which may be much larger than their body: what an envelope says for all its messages stands
     *     in the row of each
     */
    RequestRows(
            WriteKeyGrant grant,
            List<String> keys,
            long receivedAtMs,
            int bodyBytes,
            DecodingShare share,
            EventIds eventIds) {
        this.grant = grant;
        teamId = grant.teamId();
        this.keys = PresentedKeys.of(keys);
        this.receivedAtMs = receivedAtMs;
        this.eventIds = eventIds;
        this.share = share;
        rows = new EventRowsBuilder(bodyBytes, share.rowBytes(), this);
        this.bodyBytes = bodyBytes;
    }

    String teamId() {
        return teamId;
    }

    @Override
    public double share() {
        return (double) readBytes / bodyBytes;
    }

    /** Says how much of the body the rows are of. */
    void readTo(int bodyOffset) {
        readBytes = bodyOffset;
    }

    /** A client's id as an event id: a UUID as it is, anything else by its name within team and dialect; a new one for none. */
    MessageId idOf(Dialect dialect, String clientId) {
        return clientId.isEmpty()
                ? new MessageId(eventIds.next(receivedAtMs), false)
                : new MessageId(ofClient(dialect, clientId), true);
    }

    private UUID ofClient(Dialect dialect, String clientId) {
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

    static RefusedMessage tooOld(String field) {
        return new RefusedMessage(
                RejectCode.TIMESTAMP_OUT_OF_RANGE,
                field + " is older than events are kept; raise FRESHET_RETENTION_DAYS to bring in history.");
    }

    /** @param properties lose their largest fields where they are too large */
    void event(
            MessageId id,
            Mapped mapped,
            long timestampMs,
            String userId,
            String sessionId,
            ObjectNode properties,
            boolean isCut) {
        byte[] json = PropertiesJson.write(properties, isCut);
        mark(id);
        UUID value = id.value();
        rows.row(timestampMs, value.getMostSignificantBits(), value.getLeastSignificantBits(), mapped.type())
                .text(teamId)
                .text(mapped.name())
                .text(userId)
                .text(sessionId)
                .text(json, 0, json.length);
    }

    void profile(MessageId id, ProfileChange.Kind kind, String userId, String otherId, long atMs, ObjectNode traits) {
        mark(id);
        UUID value = id.value();
        new ProfileChange(teamId, kind, userId, otherId, atMs, new String(json(traits), StandardCharsets.UTF_8))
                .addTo(rows, value.getMostSignificantBits(), value.getLeastSignificantBits());
    }

    /**
     * Marks the row that comes next. Its time is no proof of when it can have come before: whatever was ahead of the clock
     * counted as of its receipt.
     */
    private void mark(MessageId id) {
        sent.add(rows.count(), id.isSent(), false);
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
    void refuse(int index, Dialect dialect, RejectCode code, String message, byte[] json, int offset, int length) {
        rejected.add(new Reject(index, code, message));
        DeadLetter.refused(teamId, receivedAtMs, dialect.wireName(), code, message, json, offset, length, keys)
                .addTo(rows);
    }

    /**
     * The rows of all messages.
     *
     * @throws DialectException TOO_LARGE when they would be more than any request's, or the intake throws it
     * @throws LargeBodyException when they would be more than the share has
     */
    DialectEvents build(Envelope envelope, MessageIntake intake) throws DialectException {
        try {
            envelope.forEach(intake);
            EventRows all = rows.build();
            intake.count();
            return new DialectEvents(grant, new DecodedEvents(all, rejected.size(), rejected, sent));
        } catch (RowsTooLargeException tooLarge) {
            share.leaveToLarger();
            throw DialectBody.tooLarge(share.rowLimit());
        }
    }
}
