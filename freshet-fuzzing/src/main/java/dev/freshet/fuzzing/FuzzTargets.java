package dev.freshet.fuzzing;

import dev.freshet.eventlog.LogFileTarget;
import dev.freshet.importer.ImportFormat;
import dev.freshet.ingest.NativeTarget;
import dev.freshet.sync.ClientMessageTarget;
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
        targets.put("convex-json", ConvexJsonTarget::new);
        targets.put("csv", () -> new ImportTarget(ImportFormat.CSV));
        targets.put("dialect-body", DialectBodyTarget::new);
        targets.put("event-log", LogFileTarget::new);
        targets.put("mapping-file", MappingFileTarget::new);
        targets.put("metric", MetricTarget::new);
        targets.put("native", NativeTarget::new);
        targets.put("ndjson-file", () -> new ImportTarget(ImportFormat.NDJSON));
        targets.put("packed", PackedTarget::new);
        targets.put("posthog", SdkTarget::postHog);
        targets.put("segment", SdkTarget::segment);
        return targets;
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
