package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.event.EventLimits;
import dev.freshet.event.EventType;
import dev.freshet.importer.LineReject.Reason;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Makes events of the rows of a table. Columns that are called as the event's fields are those; {@code properties} holds a JSON
 * object or is one; every other column becomes a property. Cells without a value are left out. A row without an event id is
 * given one, made from the file and its number. Confined to one thread.
 */
final class RowEvents {
    static final String EVENT_TYPE = "event_type";
    static final String TIMESTAMP = "timestamp";

    private static final String USER_ID = "user_id";
    private static final String ANONYMOUS_ID = "anonymous_id";
    private static final String EVENT_ID = "event_id";
    private static final String PROPERTIES = "properties";
    private static final List<String> TEXTS = List.of("name", USER_ID, ANONYMOUS_ID, "session_id");
    private static final List<String> OTHERS = List.of(EVENT_TYPE, TIMESTAMP, EVENT_ID, PROPERTIES);
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern MILLISECONDS = Pattern.compile("-?[0-9]{1,18}");

    private final ImportEventIds ids;
    private final String rowName;

    /** Whether a column of this name is a field of the event, and not a property. */
    static boolean isField(String column) {
        return TEXTS.contains(column) || OTHERS.contains(column);
    }

    /** @param rowName what a row is called in messages, such as {@code Line} */
    RowEvents(ImportFile file, String rowName) {
        ids = new ImportEventIds(file);
        this.rowName = rowName;
    }

    /** What a row holds in one column. */
    sealed interface Cell {
        record Text(String text) implements Cell {}

        /** Anything else than a text, null or nothing: one JSON value. */
        record Json(String json) implements Cell {}
    }

    /** A cell that cannot be used. */
    private static final class BadCellException extends Exception {
        private final Reason reason;
        private final String column;

        BadCellException(Reason reason, String column, String what) {
            super(what, null, false, false);
            this.reason = reason;
            this.column = column;
        }
    }

    /** @param cells by column, without those that have no value */
    SourceItem item(long number, Map<String, Cell> cells) {
        try {
            return event(number, cells);
        } catch (BadCellException bad) {
            return new LineReject(
                    number,
                    bad.reason,
                    "%s %d, column %s: %s.".formatted(rowName, number, bad.column, bad.getMessage()));
        }
    }

    private ImportEvent event(long number, Map<String, Cell> cells) throws BadCellException {
        String type = text(cells, EVENT_TYPE)
                .orElseThrow(() -> new BadCellException(Reason.MISSING_FIELD, EVENT_TYPE, "there is no value"));
        if (EventType.ofWireName(type).isEmpty()) {
            throw new BadCellException(
                    Reason.UNKNOWN_EVENT_TYPE,
                    EVENT_TYPE,
                    "it must be page_view, feature_used, error_occurred or conversion_step");
        }
        if (text(cells, USER_ID).isEmpty() && text(cells, ANONYMOUS_ID).isEmpty()) {
            throw new BadCellException(
                    Reason.MISSING_FIELD, USER_ID, "there is no value, nor is there one in " + ANONYMOUS_ID);
        }
        Optional<Instant> timestamp = timestamp(cells);
        UUID eventId = eventId(number, cells);
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField(EVENT_ID, eventId.toString());
            json.writeStringField(EVENT_TYPE, type);
            for (String field : TEXTS) {
                Optional<String> value = text(cells, field);
                if (value.isPresent()) {
                    json.writeStringField(field, shortEnough(field, value.get()));
                }
            }
            if (timestamp.isPresent()) {
                json.writeNumberField(TIMESTAMP, timestamp.get().toEpochMilli());
            }
            writeProperties(cells, json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return new ImportEvent(number, Optional.of(eventId), timestamp, line.toString());
    }

    private static Optional<String> text(Map<String, Cell> cells, String column) throws BadCellException {
        return switch (cells.get(column)) {
            case null -> Optional.empty();
            case Cell.Text(String text) -> text.isEmpty() ? Optional.empty() : Optional.of(text);
            case Cell.Json(String json) -> {
                if (json.startsWith("{") || json.startsWith("[")) {
                    throw new BadCellException(Reason.INVALID_FIELD, column, "it must be one text or number");
                }
                yield Optional.of(json);
            }
        };
    }

    private static String shortEnough(String column, String value) throws BadCellException {
        if (value.codePointCount(0, value.length()) > EventLimits.TEXT_CODE_POINTS) {
            throw new BadCellException(
                    Reason.FIELD_TOO_LONG, column, "it is longer than " + EventLimits.TEXT_CODE_POINTS + " characters");
        }
        return value;
    }

    private static Optional<Instant> timestamp(Map<String, Cell> cells) throws BadCellException {
        Optional<String> text = text(cells, TIMESTAMP);
        return text.isEmpty() ? Optional.empty() : Optional.of(parsed(text.get()));
    }

    private static Instant parsed(String text) throws BadCellException {
        try {
            return Instant.ofEpochMilli(
                    MILLISECONDS.matcher(text).matches()
                            ? Long.parseLong(text)
                            : OffsetDateTime.parse(text.replace(' ', 'T'))
                                    .toInstant()
                                    .toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            throw new BadCellException(
                    Reason.INVALID_FIELD,
                    TIMESTAMP,
                    "it must be RFC 3339 with an offset, such as 2026-01-31T12:00:00Z, or epoch milliseconds");
        }
    }

    private UUID eventId(long number, Map<String, Cell> cells) throws BadCellException {
        Optional<String> sent = text(cells, EVENT_ID);
        if (sent.isEmpty()) {
            return ids.of(number, ImportEventIds.IMPORT_PASS);
        }
        if (!UUID_TEXT.matcher(sent.get()).matches()) {
            throw new BadCellException(Reason.INVALID_FIELD, EVENT_ID, "it is no UUID");
        }
        return UUID.fromString(sent.get());
    }

    /** A property that has a column of its own comes after those of {@code properties}, and counts where both are there. */
    private static void writeProperties(Map<String, Cell> cells, JsonGenerator json)
            throws IOException, BadCellException {
        json.writeObjectFieldStart(PROPERTIES);
        String properties = switch (cells.get(PROPERTIES)) {
            case null -> "";
            case Cell.Text(String text) -> text;
            case Cell.Json(String value) -> value;
        };
        if (!properties.isBlank()) {
            copyFields(properties, cells, json);
        }
        for (Map.Entry<String, Cell> cell : cells.entrySet()) {
            if (isColumnProperty(cell.getKey(), cells)) {
                json.writeFieldName(cell.getKey());
                write(cell.getValue(), json);
            }
        }
        json.writeEndObject();
    }

    private static boolean isColumnProperty(String column, Map<String, Cell> cells) {
        return cells.containsKey(column) && !isField(column);
    }

    private static void copyFields(String text, Map<String, Cell> cells, JsonGenerator json)
            throws IOException, BadCellException {
        // Read to its end before anything of it is written.
        try (JsonParser check = JSON.createParser(text)) {
            boolean isObject = check.nextToken() == JsonToken.START_OBJECT;
            check.skipChildren();
            if (!isObject || check.nextToken() != null) {
                throw new BadCellException(Reason.INVALID_FIELD, PROPERTIES, "it must be one JSON object");
            }
        } catch (JsonProcessingException e) {
            throw new BadCellException(
                    Reason.INVALID_FIELD, PROPERTIES, "it is no valid JSON: " + e.getOriginalMessage());
        }
        try (JsonParser fields = JSON.createParser(text)) {
            fields.nextToken();
            while (fields.nextToken() == JsonToken.FIELD_NAME) {
                String name = fields.currentName();
                fields.nextToken();
                if (isColumnProperty(name, cells)) {
                    fields.skipChildren();
                } else {
                    json.writeFieldName(name);
                    copyValue(fields, json);
                }
            }
        }
    }

    /** Copies the value at whose first token the parser stands. Numbers stay as they are written, whatever any type can hold. */
    static void copyValue(JsonParser value, JsonGenerator json) throws IOException {
        int depth = 0;
        JsonToken token = value.currentToken();
        while (true) {
            if (token.isNumeric()) {
                json.writeNumber(value.getText());
            } else {
                json.copyCurrentEvent(value);
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                return;
            }
            token = value.nextToken();
        }
    }

    private static void write(Cell cell, JsonGenerator json) throws IOException {
        switch (cell) {
            case Cell.Text(String text) -> json.writeString(text);
            case Cell.Json(String value) -> json.writeRawValue(value);
        }
    }
}
