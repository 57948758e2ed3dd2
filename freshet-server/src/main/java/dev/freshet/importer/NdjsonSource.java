package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.importer.LineReject.Reason;
import dev.freshet.importer.NumberedLines.NumberedLine;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Native events, one a line. A line is passed on as it is; only where it has no {@code event_id} it is given one, made
 * from the file and the line number, so that importing the file again finds it. What the fields hold is for the server
 * to judge. Confined to one thread.
 */
final class NdjsonSource implements EventSource {
    private static final JsonFactory JSON = new JsonFactory();

    /** {@link UUID#fromString} takes shorter groups, too, which the server does not. */
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final ImportFile file;
    private final NumberedLines lines;
    private final ImportEventIds ids;

    NdjsonSource(ImportFile file) throws ImportException {
        this.file = file;
        this.lines = new NumberedLines(file);
        this.ids = new ImportEventIds(file);
    }

    @Override
    public Optional<SourceItem> next() throws ImportException {
        Optional<NumberedLine> line = lines.next();
        while (line.isPresent() && line.orElseThrow().text().isBlank()) {
            line = lines.next();
        }
        return line.map(this::read);
    }

    private SourceItem read(NumberedLine line) {
        if (line.cut()) {
            return AccessLogSource.tooLong(line);
        }
        if (!line.isUtf8()) {
            return reject(line, Reason.INVALID_JSON, "is no text in UTF-8.");
        }
        try (JsonParser parser = JSON.createParser(line.text())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return reject(line, Reason.NOT_AN_OBJECT, "is no JSON object.");
            }
            return event(line, Fields.read(parser));
        } catch (JsonProcessingException e) {
            return reject(line, Reason.INVALID_JSON, "is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return reject(line, Reason.INVALID_JSON, "cannot be read: " + e.getMessage());
        }
    }

    private ImportEvent event(NumberedLine line, Fields fields) {
        if (fields.hasEventId) {
            return new ImportEvent(line.number(), fields.eventId, fields.timestamp, line.text());
        }
        UUID eventId = ids.of(line.number(), ImportEventIds.IMPORT_PASS);
        if (fields.nullIdAt >= 0) {
            // A field must not come twice, so that the null becomes the id.
            String json = line.text().substring(0, fields.nullIdAt) + "\"" + eventId + "\""
                    + line.text().substring(fields.nullIdAt + "null".length());
            return new ImportEvent(line.number(), Optional.of(eventId), fields.timestamp, json);
        }
        int afterBrace = line.text().indexOf('{') + 1;
        String json = line.text().substring(0, afterBrace)
                + "\"event_id\":\"" + eventId + "\""
                + (fields.empty ? "" : ",")
                + line.text().substring(afterBrace);
        return new ImportEvent(line.number(), Optional.of(eventId), fields.timestamp, json);
    }

    private static LineReject reject(NumberedLine line, Reason reason, String what) {
        return new LineReject(line.number(), reason, "Line " + line.number() + " " + what);
    }

    @Override
    public long bytesRead() {
        return lines.bytesRead();
    }

    @Override
    public long bytesInAll() {
        return file.size();
    }

    @Override
    public void close() throws ImportException {
        lines.close();
    }

    /** What the importer needs to know of an event. */
    private static final class Fields {
        private boolean empty = true;
        private boolean hasEventId;
        private int nullIdAt = -1;
        private Optional<UUID> eventId = Optional.empty();
        private Optional<Instant> timestamp = Optional.empty();

        static Fields read(JsonParser parser) throws IOException {
            Fields fields = new Fields();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                fields.empty = false;
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "event_id" -> fields.takeEventId(parser, value);
                    case "timestamp" -> fields.timestamp = timestampOf(parser, value);
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new IOException("something follows the object");
            }
            return fields;
        }

        private void takeEventId(JsonParser parser, JsonToken value) throws IOException {
            if (value == JsonToken.VALUE_NULL) {
                nullIdAt = (int) parser.currentTokenLocation().getCharOffset();
                return;
            }
            hasEventId = true;
            eventId = value == JsonToken.VALUE_STRING
                            && UUID_TEXT.matcher(parser.getText()).matches()
                    ? Optional.of(UUID.fromString(parser.getText()))
                    : Optional.empty();
            parser.skipChildren();
        }

        private static Optional<Instant> timestampOf(JsonParser parser, JsonToken value) throws IOException {
            if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                return Optional.of(Instant.ofEpochMilli(parser.getLongValue()));
            }
            if (value == JsonToken.VALUE_STRING) {
                try {
                    return Optional.of(OffsetDateTime.parse(parser.getText()).toInstant());
                } catch (DateTimeException _) {
                    return Optional.empty(); // the server names the fault
                }
            }
            parser.skipChildren();
            return Optional.empty();
        }
    }
}
