package dev.freshet.functions;

import dev.freshet.reactive.Snapshot;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Snapshots that clients were given the timestamps of, kept for half a minute and no longer, since each holds what was
 * written over since. Thread-safe.
 */
final class PinnedSnapshots {
    private static final Duration KEEP = Duration.ofSeconds(35);
    private static final int MAX_PINNED = 1_000;

    private final Clock clock;
    private final Timer timer;
    /** Guarded by this object; oldest first. */
    private final LinkedHashMap<Long, Pinned> byTimestamp = new LinkedHashMap<>();

    /** Guarded by this object: whether a timer runs; there is one as long as anything is pinned. */
    private boolean timerSet;

    PinnedSnapshots(Clock clock, Timer timer) {
        this.clock = clock;
        this.timer = timer;
    }

    synchronized long pin(Snapshot snapshot) {
        long nowNs = clock.monotonicNs();
        byTimestamp.remove(snapshot.timestampNs());
        byTimestamp.put(snapshot.timestampNs(), new Pinned(snapshot, nowNs));
        letGo(nowNs);
        while (byTimestamp.size() > MAX_PINNED) {
            Map.Entry<Long, Pinned> ignored = byTimestamp.pollFirstEntry();
        }
        setTimer(KEEP);
        return snapshot.timestampNs();
    }

    private void letGo(long nowNs) {
        while (!byTimestamp.isEmpty() && isOver(byTimestamp.firstEntry().getValue(), nowNs)) {
            Map.Entry<Long, Pinned> ignored = byTimestamp.pollFirstEntry();
        }
    }

    private static boolean isOver(Pinned pinned, long nowNs) {
        return nowNs - pinned.pinnedNs >= KEEP.toNanos();
    }

    private void setTimer(Duration delay) {
        if (!timerSet) {
            timerSet = true;
            timer.schedule(delay, this::letGo);
        }
    }

    private synchronized void letGo() {
        timerSet = false;
        long nowNs = clock.monotonicNs();
        letGo(nowNs);
        if (!byTimestamp.isEmpty()) {
            long oldestNs = byTimestamp.firstEntry().getValue().pinnedNs;
            setTimer(KEEP.minusNanos(nowNs - oldestNs));
        }
    }

    /** How many are kept. */
    synchronized int count() {
        return byTimestamp.size();
    }

    synchronized Optional<Snapshot> find(long timestampNs) {
        return Optional.ofNullable(byTimestamp.get(timestampNs))
                .filter(pinned -> !isOver(pinned, clock.monotonicNs()))
                .map(Pinned::snapshot);
    }

    private record Pinned(Snapshot snapshot, long pinnedNs) {}
}
