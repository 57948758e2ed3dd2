package dev.freshet.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventLimits;
import dev.freshet.event.RejectCode;
import dev.freshet.event.RowKind;
import dev.freshet.fuzzing.DecodedRows;
import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.Require;
import dev.freshet.fuzzing.Trees;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bodies of the native endpoint, as one JSON text and as lines. Both decoders must make the same of them, each event must be taken
 * or refused, and what is taken must be what was sent, as another JSON reader has it.
 */
public final class NativeTarget implements FuzzTarget {
    private static final String TEAM = "team";
    private static final long NOW_MS = 1_772_366_400_000L;
    private static final Duration RETENTION = Duration.ofDays(90);

    private final EventIds eventIds = new EventIds();
    private final EventDecoder decoder = new EventDecoder(RETENTION, eventIds);

    @Override
    public void run(byte[] body) {
        for (BodyFormat format : BodyFormat.values()) {
            DecodedEvents decoded = decoder.decode(TEAM, body, BodyEncoding.IDENTITY, format, NOW_MS);
            int taken = DecodedRows.check(decoded, TEAM, NOW_MS, EventLimits.PROPERTIES_BYTES);
            int entries = taken + decoded.rejected().size();
            Require.that(entries > 0, () -> "a body without an answer");
            DecodedEvents full = decoder.decodeWithAllRules(TEAM, body, 0, format, NOW_MS);
            new PlainDecoding(TEAM, body, eventIds, RETENTION, NOW_MS, Integer.MAX_VALUE)
                    .decode(0, format)
                    .ifPresent(plain -> requireSame(plain, full));
            switch (format) {
                case JSON -> requireWhatWasSent(body, decoded, taken);
                case NDJSON -> requireAllLines(body, entries);
            }
        }
    }

    private static void requireSame(DecodedEvents plain, DecodedEvents full) {
        Require.that(full.rejected().isEmpty(), () -> "a plain body has faults: " + full.rejected());
        Require.equal(described(plain), described(full), "the plain decoding");
    }

    /** Ids that the server made are left out, since each decoding makes others. */
    private static List<String> described(DecodedEvents decoded) {
        List<String> rows = new ArrayList<>();
        EventCursor row = decoded.rows().cursor();
        for (int index = 0; row.next(); index++) {
            boolean isIdSent = decoded.sent().isIdSent(index);
            rows.add(String.join(
                    "|",
                    row.eventType().wireName(),
                    row.name(),
                    row.userId(),
                    row.sessionId(),
                    row.properties(),
                    Long.toString(row.timestampMs()),
                    isIdSent ? row.eventId().toString() : "made",
                    Boolean.toString(decoded.sent().isTimeSent(index))));
        }
        return rows;
    }

    private static void requireAllLines(byte[] body, int entries) {
        int lines = 0;
        boolean isBlank = true;
        for (byte value : body) {
            if (value == '\n') {
                lines += isBlank ? 0 : 1;
                isBlank = true;
            } else {
                isBlank &= value == ' ' || value == '\t' || value == '\r';
            }
        }
        lines += isBlank ? 0 : 1;
        boolean isMarked = body.length >= 3 && (body[0] & 0xff) == 0xef && (body[1] & 0xff) == 0xbb;
        if (lines > 0 && lines <= BatchDecoding.REJECT_LIMIT && !isMarked) {
            Require.equal(entries, lines, "the number of lines answered");
        }
    }

    private static void requireWhatWasSent(byte[] body, DecodedEvents decoded, int taken) {
        Optional<JsonNode> sent = array(body);
        boolean isWholeRefused = taken == 0
                && decoded.rejected().size() == 1
                && decoded.rejected().getFirst().code() == RejectCode.INVALID_JSON;
        if (sent.isEmpty() || isWholeRefused || sent.get().size() > BatchDecoding.REJECT_LIMIT) {
            return;
        }
        Require.equal(taken + decoded.rejected().size(), sent.get().size(), "the number of events answered");
        List<Integer> refused = decoded.rejected().stream().map(Reject::index).toList();
        EventCursor row = decoded.rows().cursor();
        for (int index = 0; index < sent.get().size(); index++) {
            if (!refused.contains(index)) {
                Require.that(row.next() && row.kind() == RowKind.EVENT, () -> "an event is missing");
                requireEvent(row, sent.get().get(index));
            }
        }
    }

    private static Optional<JsonNode> array(byte[] body) {
        try {
            return Optional.of(Trees.read(body)).filter(JsonNode::isArray);
        } catch (IOException e) {
            return Optional.empty(); // whether the decoder says the same is checked by its own tests
        }
    }

    private static void requireEvent(EventCursor row, JsonNode sent) {
        Require.equal(row.eventType().wireName(), sent.path("event_type").asText(), "the type");
        Require.equal(row.name(), text(sent.path("name")), "the name");
        Require.equal(row.sessionId(), text(sent.path("session_id")), "the session");
        String user = text(sent.path("user_id"));
        Require.equal(row.userId(), user.isEmpty() ? text(sent.path("anonymous_id")) : user, "the user");
        JsonNode timestamp = sent.path("timestamp");
        if (timestamp.isMissingNode() || timestamp.isNull()) {
            Require.equal(row.timestampMs(), NOW_MS, "the time");
        } else if (timestamp.isIntegralNumber()) {
            Require.equal(row.timestampMs(), timestamp.longValue(), "the time");
        }
        if (sent.path("event_id").isTextual()) {
            Require.that(
                    row.eventId()
                            .toString()
                            .equalsIgnoreCase(sent.path("event_id").asText()),
                    () -> "the id is another: " + row.eventId());
        }
        requireProperties(row.properties(), sent.path("properties"));
    }

    private static String text(JsonNode value) {
        return value.isNull() ? "" : value.asText();
    }

    private static void requireProperties(String kept, JsonNode sent) {
        try {
            JsonNode expected = sent.isObject() ? sent : Trees.read("{}");
            Require.equal(Trees.read(kept), expected, "the properties");
        } catch (IOException e) {
            throw new AssertionError("the properties are no JSON: " + kept, e);
        }
    }
}
