package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.importer.LineReject.Reason;
import dev.freshet.importer.NumberedLines.NumberedLine;
import dev.freshet.importer.RowEvents.Cell;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes events of the lines that a {@link ParquetReader} writes, one for each row; {@link RowEvents} says what the columns become.
 * Lists, maps and structs become JSON. A row that cannot be read costs no other. Confined to one thread.
 */
final class ParquetRows {
    private static final JsonFactory JSON = new JsonFactory();

    private final RowEvents events;

    ParquetRows(ImportFile file) {
        events = new RowEvents(file, "Row");
    }

    /** @param line a whole one, or one that is cut */
    SourceItem item(long rowNumber, NumberedLine line) {
        if (line.cut()) {
            return new LineReject(
                    rowNumber,
                    Reason.LINE_TOO_LONG,
                    "Row %d is longer than %d bytes as JSON.".formatted(rowNumber, NumberedLines.MAX_LINE_BYTES));
        }
        Map<String, Cell> cells;
        try (JsonParser parser = JSON.createParser(line.text())) {
            cells = cells(parser);
        } catch (UnreadableCellException fault) {
            return refused(rowNumber, ", column " + fault.column, fault.fault);
        } catch (JsonProcessingException fault) {
            return refused(rowNumber, "", fault);
        } catch (IOException fault) {
            throw new UncheckedIOException("reading from memory failed", fault);
        }
        if (!line.isUtf8()) {
            return new LineReject(
                    rowNumber,
                    Reason.INVALID_FIELD,
                    "Row %d, column %s: its bytes are no text in UTF-8.".formatted(rowNumber, unreadable(cells)));
        }
        return events.item(rowNumber, cells);
    }

    private static LineReject refused(long rowNumber, String place, JsonProcessingException fault) {
        // Without the words on how a program would raise its limits.
        String why = fault.getOriginalMessage().replaceFirst(", from `[^`]*`", "");
        return new LineReject(
                rowNumber,
                Reason.INVALID_FIELD,
                "Row %d%s: it cannot be read as JSON: %s.".formatted(rowNumber, place, why));
    }

    private static String unreadable(Map<String, Cell> cells) {
        return cells.entrySet().stream()
                .filter(cell -> cell.toString().contains("\uFFFD"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("?");
    }

    private static Map<String, Cell> cells(JsonParser parser) throws IOException, UnreadableCellException {
        Map<String, Cell> cells = new LinkedHashMap<>();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String column = parser.currentName();
            try {
                cell(parser).ifPresent(cell -> cells.put(column, cell));
            } catch (JsonProcessingException fault) {
                throw new UnreadableCellException(column, fault);
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new JsonParseException(parser, "it is no object");
        }
        return cells;
    }

    private static Optional<Cell> cell(JsonParser parser) throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_NULL -> Optional.empty();
            case VALUE_STRING -> Optional.of(new Cell.Text(parser.getText()));
            case START_ARRAY, START_OBJECT -> Optional.of(new Cell.Json(nested(parser)));
            default -> Optional.of(new Cell.Json(parser.getText()));
        };
    }

    /** What stands in a column is past what a JSON parser takes. */
    private static final class UnreadableCellException extends Exception {
        private final String column;
        private final JsonProcessingException fault;

        UnreadableCellException(String column, JsonProcessingException fault) {
            super(fault);
            this.column = column;
            this.fault = fault;
        }
    }

    private static String nested(JsonParser parser) throws IOException {
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            RowEvents.copyValue(parser, generator);
        }
        return json.toString();
    }
}
