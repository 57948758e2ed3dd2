package dev.freshet.fuzzing;

import dev.freshet.duplicates.ManifestTarget;
import dev.freshet.duplicates.PageTarget;
import dev.freshet.duplicates.RunFileTarget;
import dev.freshet.eventlog.LogFileTarget;
import dev.freshet.functions.CommitLogTarget;
import dev.freshet.importer.ImportFormat;
import dev.freshet.importer.ParquetRowsTarget;
import dev.freshet.ingest.NativeTarget;
import dev.freshet.sync.ClientMessageTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.Supplier;

/** All targets by their names, which are also the folders of their seeds. */
public final class FuzzTargets {
    private static final SequencedMap<String, Supplier<FuzzTarget>> TARGETS = targets();

    private FuzzTargets() {}

    private static SequencedMap<String, Supplier<FuzzTarget>> targets() {
        SequencedMap<String, Supplier<FuzzTarget>> targets = new TreeMap<>();
        targets.put("access-log", () -> new ImportTarget(ImportFormat.COMBINED));
        targets.put("client-message", ClientMessageTarget::new);
        targets.put("commit-log", FuzzTargets::commitLog);
        targets.put("convex-json", ConvexJsonTarget::new);
        targets.put("csv", () -> new ImportTarget(ImportFormat.CSV));
        targets.put("dialect-body", DialectBodyTarget::new);
        targets.put("duplicates-manifest", ManifestTarget::new);
        targets.put("duplicates-page", PageTarget::new);
        targets.put("duplicates-run", FuzzTargets::run);
        targets.put("event-log", LogFileTarget::new);
        targets.put("mapping-file", MappingFileTarget::new);
        targets.put("metric", MetricTarget::new);
        targets.put("native", NativeTarget::new);
        targets.put("ndjson-file", () -> new ImportTarget(ImportFormat.NDJSON));
        targets.put("packed", PackedTarget::new);
        targets.put("parquet-rows", ParquetRowsTarget::new);
        targets.put("posthog", SdkTarget::postHog);
        targets.put("segment", SdkTarget::segment);
        return targets;
    }

    private static FuzzTarget commitLog() {
        try {
            return new CommitLogTarget();
        } catch (IOException e) {
            throw new UncheckedIOException("there is no place for a file of commits", e);
        }
    }

    private static FuzzTarget run() {
        try {
            return new RunFileTarget();
        } catch (IOException e) {
            throw new UncheckedIOException("files in memory cannot be written", e);
        }
    }

    public static SequencedSet<String> names() {
        return TARGETS.sequencedKeySet();
    }

    /** @throws IllegalArgumentException where there is none of this name */
    public static FuzzTarget named(String name) {
        Supplier<FuzzTarget> target = TARGETS.get(name);
        if (target == null) {
            throw new IllegalArgumentException("there is no fuzz target " + name + " but " + names());
        }
        return target.get();
    }
}
