package dev.freshet.functions;

import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Until when a function may run, counted from when it begins. Started and asked on the function's thread. */
final class Deadline implements BooleanSupplier {
    private final Clock clock;
    private final long limitNs;
    private long startedNs;

    Deadline(Clock clock, Duration limit) {
        this.clock = clock;
        this.limitNs = limit.toNanos();
        this.startedNs = clock.monotonicNs();
    }

    /** The time counts from now. */
    void start() {
        startedNs = clock.monotonicNs();
    }

    /** Whether the time is used up. */
    @Override
    public boolean getAsBoolean() {
        return clock.monotonicNs() - startedNs > limitNs;
    }
}
