package dev.freshet.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.event.EventLimits;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import dev.freshet.event.RejectCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one event, read from its JSON and checked one by one. Reused from event to event, confined to one thread.
 * The first fault of an event is the one that is reported; the rest of the event is read on, so that its neighbours can be.
 *
 * <p>Unknown fields are ignored and a field that is null counts as not sent, as senders expect; a field sent twice is a
 * fault, since nobody can tell which was meant.
 */
final class EventFields {
    private static final String TYPES = "page_view, feature_used, error_occurred or conversion_step";
    private static final long SECONDS_NOT_MILLISECONDS = 100_000_000_000L;

    private final Duration retention;
    private final EventIds eventIds;
    private final FieldText name = new FieldText();
    private final FieldText userId = new FieldText();
    private final FieldText anonymousId = new FieldText();
    private final FieldText sessionId = new FieldText();
    private final UuidText eventId = new UuidText();
    private final PropertiesCopy properties;
    private final LongTexts longTexts;
    private long receivedAtMs;
    private int seen;
    private boolean hasEventId;
    private boolean hasTimestamp;
    private long timestampMs;
    private @Nullable EventType type;
    private @Nullable RejectCode faultCode;
    private String faultMessage = "";

    EventFields(Duration retention, EventIds eventIds, byte[] body) {
        this.retention = retention;
        this.eventIds = eventIds;
        properties = new PropertiesCopy(body);
        longTexts = new LongTexts(body);
    }

    /** Says where in the body byte 0 of the parser is that the next events are read from. */
    void parserStartsAt(int bodyOffset) {
        properties.parserStartsAt(bodyOffset);
        longTexts.parserStartsAt(bodyOffset);
    }

    void begin(long nowMs) {
        receivedAtMs = nowMs;
        seen = 0;
        hasEventId = false;
        hasTimestamp = false;
        type = null;
        faultCode = null;
        name.clear();
        userId.clear();
        anonymousId.clear();
        sessionId.clear();
        properties.clear();
    }

    /** Reads the value of a field, at whose name the parser stands, to its end. */
    void read(String fieldName, JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        switch (fieldName) {
            case "event_type" -> readType(once(0, fieldName), token, parser);
            case "name" -> readText(once(1, fieldName), fieldName, name, token, parser);
            case "user_id" -> readText(once(2, fieldName), fieldName, userId, token, parser);
            case "anonymous_id" -> readText(once(3, fieldName), fieldName, anonymousId, token, parser);
            case "session_id" -> readText(once(4, fieldName), fieldName, sessionId, token, parser);
            case "timestamp" -> readTimestamp(once(5, fieldName), token, parser);
            case "event_id" -> readEventId(once(6, fieldName), token, parser);
            case "properties" -> readProperties(once(7, fieldName), token, parser);
            default -> parser.skipChildren();
        }
    }

    /**
     * Ends the event: adds its row and its marks, or says why there is none.
     *
     * @return the fault, with index 0
     */
    Optional<Reject> finish(String teamId, EventRowsBuilder rows, SentMarks sent) {
        if (faultCode == null && type == null) {
            fault(RejectCode.MISSING_FIELD, "event_type is missing; send " + TYPES + ".");
        }
        if (faultCode == null && userId.isEmpty() && anonymousId.isEmpty()) {
            fault(RejectCode.MISSING_FIELD, "user_id and anonymous_id are both missing or empty; send at least one.");
        }
        RejectCode code = faultCode;
        EventType ofEvent = type;
        if (code != null || ofEvent == null) {
            return Optional.of(new Reject(0, code == null ? RejectCode.MISSING_FIELD : code, faultMessage));
        }
        long high = hasEventId ? eventId.high() : eventIds.nextHigh(receivedAtMs);
        long low = hasEventId ? eventId.low() : eventIds.nextLow();
        sent.add(rows.count(), hasEventId, hasTimestamp);
        rows.row(hasTimestamp ? timestampMs : receivedAtMs, high, low, ofEvent).text(teamId);
        name.addTo(rows);
        (userId.isEmpty() ? anonymousId : userId).addTo(rows);
        sessionId.addTo(rows);
        properties.addTo(rows);
        return Optional.empty();
    }

    /** Records a fault unless there is an earlier one. */
    void fault(RejectCode code, String message) {
        if (faultCode == null) {
            faultCode = code;
            faultMessage = message;
        }
    }

    private boolean once(int field, String fieldName) {
        if ((seen & 1 << field) != 0) {
            fault(RejectCode.INVALID_FIELD, fieldName + " is given twice; send it once.");
            return false;
        }
        seen |= 1 << field;
        return true;
    }

    /** Whether a value is there to be read; skips it otherwise. */
    private boolean isValue(boolean isFirst, JsonToken token, JsonParser parser) throws IOException {
        if (isFirst && token != JsonToken.VALUE_NULL) {
            return true;
        }
        parser.skipChildren();
        return false;
    }

    /** Whether the field is a string that is too long for any field, which is then a fault. */
    private boolean isTooLong(String fieldName, JsonToken token, JsonParser parser) {
        boolean isTooLong = token == JsonToken.VALUE_STRING && longTexts.isLong(parser);
        if (isTooLong) {
            fault(
                    RejectCode.FIELD_TOO_LONG,
                    fieldName + " is too long; send at most " + EventLimits.TEXT_CODE_POINTS + " characters.");
        }
        return isTooLong;
    }

    private void wrongType(String fieldName, String wanted, JsonToken token, JsonParser parser) throws IOException {
        fault(RejectCode.INVALID_FIELD, fieldName + " must be " + wanted + ", not " + describe(token) + ".");
        parser.skipChildren();
    }

    private void readType(boolean isFirst, JsonToken token, JsonParser parser) throws IOException {
        if (!isValue(isFirst, token, parser) || isTooLong("event_type", token, parser)) {
            return;
        }
        if (token != JsonToken.VALUE_STRING) {
            wrongType("event_type", "a string", token, parser);
            return;
        }
        Optional<EventType> known = EventType.ofWireName(parser.getText());
        if (known.isPresent()) {
            type = known.get();
        } else {
            fault(
                    RejectCode.UNKNOWN_EVENT_TYPE,
                    "event_type \"" + Quoted.of(parser.getText()) + "\" is unknown; send " + TYPES + ".");
        }
    }

    private void readText(boolean isFirst, String fieldName, FieldText field, JsonToken token, JsonParser parser)
            throws IOException {
        if (!isValue(isFirst, token, parser) || isTooLong(fieldName, token, parser)) {
            return;
        }
        if (token != JsonToken.VALUE_STRING) {
            wrongType(fieldName, "a string", token, parser);
            return;
        }
        switch (field.take(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength())) {
            case TAKEN -> {}
            case TOO_LONG ->
                fault(
                        RejectCode.FIELD_TOO_LONG,
                        fieldName + " is too long; send at most " + EventLimits.TEXT_CODE_POINTS + " characters.");
            case HOLDS_NUL ->
                fault(RejectCode.INVALID_FIELD, fieldName + " holds a NUL character (\\u0000); leave it out.");
            case HOLDS_LONE_SURROGATE ->
                fault(
                        RejectCode.INVALID_FIELD,
                        fieldName + " holds half of a surrogate pair (\\ud800 to \\udfff); send whole characters.");
        }
    }

    private void readTimestamp(boolean isFirst, JsonToken token, JsonParser parser) throws IOException {
        if (!isValue(isFirst, token, parser) || isTooLong("timestamp", token, parser)) {
            return;
        }
        long value = switch (token) {
            case VALUE_STRING ->
                Rfc3339.parse(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
            case VALUE_NUMBER_INT -> parser.getTextLength() <= 18 ? parser.getLongValue() : Rfc3339.INVALID;
            case VALUE_NUMBER_FLOAT -> wholeMilliseconds(parser);
            default -> Rfc3339.INVALID;
        };
        if (value == Rfc3339.INVALID) {
            boolean isText = token == JsonToken.VALUE_STRING;
            fault(
                    RejectCode.INVALID_FIELD,
                    "timestamp must be RFC 3339 text with an offset, such as 2026-01-31T12:00:00.000Z, or epoch"
                            + " milliseconds, not "
                            + (isText ? "\"" + Quoted.of(parser.getText()) + "\"" : describe(token)) + ".");
            parser.skipChildren();
            return;
        }
        hasTimestamp = true;
        timestampMs = value;
        requireInRange(value, token);
    }

    private static long wholeMilliseconds(JsonParser parser) throws IOException {
        if (parser.getTextLength() > 40) {
            return Rfc3339.INVALID;
        }
        double value = Double.parseDouble(parser.getText());
        return Math.abs(value) < 1e18 ? (long) Math.floor(value) : Rfc3339.INVALID;
    }

    private void requireInRange(long value, JsonToken token) {
        if (value > receivedAtMs + EventLimits.AHEAD.toMillis()) {
            fault(
                    RejectCode.TIMESTAMP_OUT_OF_RANGE,
                    "timestamp is more than " + EventLimits.AHEAD.toMinutes()
                            + " minutes ahead of the server's clock; check the sender's clock.");
        } else if (value < receivedAtMs - retention.toMillis()) {
            boolean looksLikeSeconds =
                    token != JsonToken.VALUE_STRING && value >= 0 && value < SECONDS_NOT_MILLISECONDS;
            fault(
                    RejectCode.TIMESTAMP_OUT_OF_RANGE,
                    "timestamp is older than the " + retention.toDays() + " days for which events are kept"
                            + (looksLikeSeconds ? "; send milliseconds, not seconds." : "; leave such events out."));
        }
    }

    private void readEventId(boolean isFirst, JsonToken token, JsonParser parser) throws IOException {
        if (!isValue(isFirst, token, parser) || isTooLong("event_id", token, parser)) {
            return;
        }
        if (token != JsonToken.VALUE_STRING) {
            wrongType("event_id", "a UUID as a string", token, parser);
            return;
        }
        hasEventId = eventId.parse(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        if (!hasEventId) {
            fault(
                    RejectCode.INVALID_FIELD,
                    "event_id \"" + Quoted.of(parser.getText())
                            + "\" is no UUID; send 8-4-4-4-12 hexadecimal digits, or leave it out.");
        }
    }

    private void readProperties(boolean isFirst, JsonToken token, JsonParser parser) throws IOException {
        if (!isValue(isFirst, token, parser)) {
            return;
        }
        if (token != JsonToken.START_OBJECT) {
            wrongType("properties", "a JSON object", token, parser);
            return;
        }
        properties.take(parser).ifPresent(wrong -> fault(RejectCode.INVALID_FIELD, "properties " + wrong + "."));
        if (properties.isTooLarge()) {
            fault(
                    RejectCode.EVENT_TOO_LARGE,
                    "properties are over " + EventLimits.PROPERTIES_BYTES + " bytes; send less with one event.");
        }
    }

    static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT, END_OBJECT, FIELD_NAME, VALUE_EMBEDDED_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL, NOT_AVAILABLE -> "null";
        };
    }
}
