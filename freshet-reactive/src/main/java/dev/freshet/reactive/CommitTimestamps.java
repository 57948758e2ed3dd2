package dev.freshet.reactive;

import dev.freshet.runtime.Clock;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives out commit timestamps: the clock's, and always greater than the last. Before one comes near the stored ceiling, the
 * ceiling is moved; after a restart the first timestamp is past it, hence past all that were given out. While the ceiling
 * cannot be stored timestamps stand still but for the next nanosecond, so that they stay below it. Belongs to the
 * committer's thread.
 */
final class CommitTimestamps {
    /** How far the ceiling is moved at a time: an fsync a minute, and at most a minute's lead over the clock. */
    private static final long MARGIN_NS = Duration.ofMinutes(1).toNanos();
    /** What is left below it when it is moved: timestamps for a day of commits, one a nanosecond. */
    private static final long RESERVE_NS = Duration.ofSeconds(10).toNanos();

    private static final long RETRY_NS = Duration.ofSeconds(1).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(CommitTimestamps.class);

    private final Clock clock;
    private final TimestampCeiling ceiling;
    private long lastNs;
    private long ceilingNs;
    private @Nullable UncheckedIOException failure;
    private long failedAtNs;

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
        if (nextNs > ceilingNs - RESERVE_NS) {
            moveCeiling(nextNs + MARGIN_NS);
            if (failure != null) {
                nextNs = lastNs + 1;
                if (nextNs > ceilingNs) {
                    throw failure;
                }
            }
        }
        lastNs = nextNs;
        return nextNs;
    }

    private void moveCeiling(long newCeilingNs) {
        if (failure != null && clock.monotonicNs() - failedAtNs < RETRY_NS) {
            return;
        }
        try {
            ceiling.store(newCeilingNs);
            ceilingNs = newCeilingNs;
            failure = null;
        } catch (UncheckedIOException notStored) {
            if (failure == null) {
                LOG.warn("the ceiling of timestamps cannot be stored, so they stand almost still", notStored);
            }
            failure = notStored;
            failedAtNs = clock.monotonicNs();
        }
    }

    /** On an orderly stop: the next start need not wait out the margin. */
    void close() {
        if (lastNs < ceilingNs) {
            ceiling.store(lastNs);
            ceilingNs = lastNs;
        }
    }
}
