package dev.freshet.fuzzing;

import dev.freshet.importer.ImportEvent;
import dev.freshet.ingest.BodyEncoding;
import dev.freshet.ingest.BodyFormat;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.EventDecoder;
import dev.freshet.ingest.EventIds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What holds for what an import makes of a line or row, whatever the file's format is. */
public final class ImportedEvents {
    private static final long NOW_MS = 1_772_366_400_000L;
    private static final String TEAM = "team";

    private final EventDecoder decoder = new EventDecoder(Duration.ofDays(90), new EventIds());

    /** Checks that it is one event for the server, which takes or refuses it. */
    public void check(ImportEvent event) {
        byte[] line = event.json().getBytes(StandardCharsets.UTF_8);
        DecodedEvents decoded = decoder.decode(TEAM, line, BodyEncoding.IDENTITY, BodyFormat.NDJSON, NOW_MS);
        int taken = DecodedRows.check(decoded, TEAM, NOW_MS, Integer.MAX_VALUE);
        Require.equal(taken + decoded.rejected().size(), 1, "the number of events in " + event);
    }
}
