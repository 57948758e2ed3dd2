package dev.freshet.reactive;

import dev.freshet.runtime.Clock;
import java.time.Duration;

/**
 * Gives out commit timestamps: the clock's, and always greater than the last. Before one passes the stored ceiling, the
 * ceiling is moved; after a restart the first timestamp is past it, hence past all that were given out. Belongs to the
 * committer's thread.
 */
final class CommitTimestamps {
    /** How far the ceiling is moved at a time: an fsync a minute, and at most a minute's lead over the clock. */
    private static final long MARGIN_NS = Duration.ofMinutes(1).toNanos();

    private final Clock clock;
    private final TimestampCeiling ceiling;
    private long lastNs;
    private long ceilingNs;

    CommitTimestamps(Clock clock, TimestampCeiling ceiling) {
        this.clock = clock;
        this.ceiling = ceiling;
        this.ceilingNs = ceiling.read();
        this.lastNs = ceilingNs;
    }

    /** The next one is past this one too. */
    void startAfter(long timestampNs) {
        lastNs = Math.max(lastNs, timestampNs);
    }

    long next() {
        long nextNs = Math.max(clock.epochNs(), lastNs + 1);
        if (nextNs > ceilingNs) {
            long newCeilingNs = nextNs + MARGIN_NS;
            ceiling.store(newCeilingNs);
            ceilingNs = newCeilingNs;
        }
        lastNs = nextNs;
        return nextNs;
    }

    /** On an orderly stop: the next start need not wait out the margin. */
    void close() {
        if (lastNs < ceilingNs) {
            ceiling.store(lastNs);
            ceilingNs = lastNs;
        }
    }
}
