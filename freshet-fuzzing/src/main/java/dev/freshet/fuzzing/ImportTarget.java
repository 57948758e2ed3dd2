package dev.freshet.fuzzing;

import dev.freshet.importer.EventSource;
import dev.freshet.importer.ImportEvent;
import dev.freshet.importer.ImportException;
import dev.freshet.importer.ImportFile;
import dev.freshet.importer.ImportFormat;
import dev.freshet.importer.SourceItem;
import dev.freshet.ingest.BodyEncoding;
import dev.freshet.ingest.BodyFormat;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.EventDecoder;
import dev.freshet.ingest.EventIds;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Files to be imported: each line is one event for the server or one reject, the same at every reading. */
final class ImportTarget implements FuzzTarget {
    private static final long NOW_MS = 1_772_366_400_000L;

    private final ImportFormat format;
    private final EventDecoder decoder = new EventDecoder(Duration.ofDays(90), new EventIds());

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
                requireOneEvent(event);
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

    private void requireOneEvent(ImportEvent event) {
        byte[] line = event.json().getBytes(StandardCharsets.UTF_8);
        DecodedEvents decoded = decoder.decode("team", line, BodyEncoding.IDENTITY, BodyFormat.NDJSON, NOW_MS);
        int taken = DecodedRows.check(decoded, "team", NOW_MS, Integer.MAX_VALUE);
        Require.equal(taken + decoded.rejected().size(), 1, "the number of events in " + event);
    }
}
