package dev.freshet.fuzzing;

import dev.freshet.importer.EventSource;
import dev.freshet.importer.ImportEvent;
import dev.freshet.importer.ImportException;
import dev.freshet.importer.ImportFile;
import dev.freshet.importer.ImportFormat;
import dev.freshet.importer.SourceItem;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Files to be imported: each line is one event for the server or one reject, the same at every reading. */
final class ImportTarget implements FuzzTarget {
    private final ImportFormat format;
    private final ImportedEvents events = new ImportedEvents();

    ImportTarget(ImportFormat format) {
        this.format = format;
    }

    @Override
    public void run(byte[] input) {
        ImportFile file = new ImportFile("fuzzed", "0".repeat(64), input.length, () -> new ByteArrayInputStream(input));
        Optional<List<SourceItem>> items = read(file);
        Require.equal(read(file), items, "the second reading");
        long lineNumber = 0;
        for (SourceItem item : items.orElse(List.of())) {
            Require.that(item.lineNumber() > lineNumber, () -> "lines are out of order at " + item);
            lineNumber = item.lineNumber();
            if (item instanceof ImportEvent event) {
                events.check(event);
            }
        }
    }

    private Optional<List<SourceItem>> read(ImportFile file) {
        List<SourceItem> items = new ArrayList<>();
        try (EventSource source = EventSource.open(file, format)) {
            for (Optional<SourceItem> item = source.next(); item.isPresent(); item = source.next()) {
                items.add(item.get());
            }
            Require.equal(source.bytesRead(), source.bytesInAll(), "what was read");
            return Optional.of(items);
        } catch (ImportException refusal) {
            Require.equal(refusal.code(), ImportException.Code.UNREADABLE_FILE, "the refusal");
            return Optional.empty();
        }
    }
}
