package dev.freshet.importer;

import java.time.Duration;

/** How waiting is done; tests advance a clock instead. */
@FunctionalInterface
public interface Pause {
    void pause(Duration duration) throws InterruptedException;

    /** Waits for real. */
    static Pause sleeping() {
        return Thread::sleep;
    }
}
