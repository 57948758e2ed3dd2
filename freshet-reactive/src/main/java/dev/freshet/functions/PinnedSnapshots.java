package dev.freshet.functions;

import dev.freshet.reactive.Snapshot;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Snapshots that clients were given the timestamps of, kept for half a minute. Thread-safe. */
final class PinnedSnapshots {
    private static final long KEEP_NS = Duration.ofSeconds(35).toNanos();
    private static final int MAX_PINNED = 1_000;

    private final Clock clock;
    /** Guarded by this object; oldest first. */
    private final LinkedHashMap<Long, Pinned> byTimestamp = new LinkedHashMap<>();

    PinnedSnapshots(Clock clock) {
        this.clock = clock;
    }

    synchronized long pin(Snapshot snapshot) {
        long nowNs = clock.monotonicNs();
        byTimestamp.remove(snapshot.timestampNs());
        byTimestamp.put(snapshot.timestampNs(), new Pinned(snapshot, nowNs));
        byTimestamp.values().removeIf(pinned -> nowNs - pinned.pinnedNs > KEEP_NS);
        while (byTimestamp.size() > MAX_PINNED) {
            Map.Entry<Long, Pinned> ignored = byTimestamp.pollFirstEntry();
        }
        return snapshot.timestampNs();
    }

    synchronized Optional<Snapshot> find(long timestampNs) {
        return Optional.ofNullable(byTimestamp.get(timestampNs))
                .filter(pinned -> clock.monotonicNs() - pinned.pinnedNs <= KEEP_NS)
                .map(Pinned::snapshot);
    }

    private record Pinned(Snapshot snapshot, long pinnedNs) {}
}
