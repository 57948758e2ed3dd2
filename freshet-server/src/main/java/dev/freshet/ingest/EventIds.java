package dev.freshet.ingest;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Makes the ids of events that came without one: UUIDv7 of RFC 9562 (section 5.7), increasing in the order of calls by a
 * counter of 12 bits behind the milliseconds (section 6.2, method 1); when the counter runs over, the id runs ahead of the
 * clock by a millisecond. Thread-safe.
 */
public final class EventIds {
    private static final int COUNTER_BITS = 12;

    private final LongSupplier random;
    private final AtomicLong last = new AtomicLong();

    public EventIds() {
        this(() -> ThreadLocalRandom.current().nextLong());
    }

    EventIds(LongSupplier random) {
        this.random = random;
    }

    /** The next id. */
    public UUID next(long epochMs) {
        return new UUID(nextHigh(epochMs), nextLow());
    }

    /** The upper 64 bits of the next id: time, version and counter. */
    long nextHigh(long epochMs) {
        // The upper bit of the counter begins as 0, to leave it room.
        long start = epochMs << COUNTER_BITS | (random.getAsLong() >>> (65 - COUNTER_BITS));
        long tick = last.updateAndGet(previous -> Math.max(previous + 1, start));
        return (tick >>> COUNTER_BITS) << 16 | 0x7000L | (tick & ((1 << COUNTER_BITS) - 1));
    }

    /** The lower 64 bits of an id: the variant and 62 random bits. */
    long nextLow() {
        return (random.getAsLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    }
}
