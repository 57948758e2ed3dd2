package dev.freshet.importer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.ImportedEvents;
import dev.freshet.fuzzing.Require;
import dev.freshet.fuzzing.Trees;
import dev.freshet.importer.NumberedLines.NumberedLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The rows that a reader of Parquet writes as lines of JSON: each is one event for the server or one reject, and a column that is
 * no field is a property, as another JSON reader has it.
 */
public final class ParquetRowsTarget implements FuzzTarget {
    private static final Pattern HALF_CHARACTER = Pattern.compile("\\\\u[dD][89a-fA-F]");

    private final ImportedEvents events = new ImportedEvents();

    @Override
    public void run(byte[] input) throws ImportException {
        ImportFile file = new ImportFile("fuzzed", "0".repeat(64), input.length, () -> new ByteArrayInputStream(input));
        ParquetRows rows = new ParquetRows(file);
        try (NumberedLines lines = new NumberedLines(file.name(), new ByteArrayInputStream(input))) {
            for (Optional<NumberedLine> line = lines.next(); line.isPresent(); line = lines.next()) {
                check(rows, line.get());
            }
        }
    }

    private void check(ParquetRows rows, NumberedLine line) {
        SourceItem item = rows.item(line.number(), line);
        Require.equal(item.lineNumber(), line.number(), "the number of a row");
        Require.equal(rows.item(line.number(), line), item, "the row read again");
        if (item instanceof ImportEvent event) {
            Require.that(line.isUtf8() && !line.cut(), () -> "a row that is not whole became " + event);
            events.check(event);
            requireProperties(line.text(), event.json());
        }
    }

    private static void requireProperties(String row, String event) {
        if (HALF_CHARACTER.matcher(row).find()) {
            return; // which no reader writes, and which UTF-8 has no bytes for
        }
        JsonNode columns;
        try {
            columns = Trees.read(row);
        } catch (IOException e) {
            return; // what stands behind a row, or in a number, is beyond that reader
        }
        JsonNode kept;
        try {
            kept = Trees.read(event).path("properties");
        } catch (IOException e) {
            throw new AssertionError("the event is no JSON: " + event, e);
        }
        columns.properties().forEach(column -> {
            if (!RowEvents.isField(column.getKey()) && !column.getValue().isNull()) {
                Require.equal(kept.path(column.getKey()), column.getValue(), "the property " + column.getKey());
            }
        });
    }
}
