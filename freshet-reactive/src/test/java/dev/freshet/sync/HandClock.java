package dev.freshet.sync;

import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands until it is moved. */
final class HandClock implements Clock {
    private final AtomicLong epochNs = new AtomicLong(1_800_000_000_000_000_000L);

    void advance(Duration by) {
        epochNs.addAndGet(by.toNanos());
    }

    Instant now() {
        return Instant.ofEpochMilli(epochMs());
    }

    @Override
    public long epochNs() {
        return epochNs.get();
    }

    @Override
    public long monotonicNs() {
        return epochNs.get();
    }
}
