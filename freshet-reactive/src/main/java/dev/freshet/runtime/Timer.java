package dev.freshet.runtime;

import java.time.Duration;

/** Runs things later. Thread-safe. */
public interface Timer {
    /**
     * Runs the task once the delay has passed, on a thread of the timer; tasks must be short.
     *
     * @return cancels the task if it has not begun
     */
    Cancellable schedule(Duration delay, Runnable task);

    /** Takes a scheduled task back. */
    @FunctionalInterface
    interface Cancellable {
        /** Keeps the task from running if it has not begun. */
        void cancel();
    }
}
