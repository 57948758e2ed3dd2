package dev.freshet.runtime;

import java.time.Instant;

/** Time. Thread-safe. */
public interface Clock {
    /** Nanoseconds since the Unix epoch; may step when the machine's clock is set. */
    long epochNs();

    /** Nanoseconds since some moment; never goes back. */
    long monotonicNs();

    /** Milliseconds since the Unix epoch. */
    default long epochMs() {
        return epochNs() / 1_000_000;
    }

    /** The machine's clocks. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }

    /** The machine's clocks. */
    enum SystemClock implements Clock {
        INSTANCE;

        @Override
        public long epochNs() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    }
}
