package dev.freshet.eventstore;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The writer's time, to be moved by hand in tests.
 *
 * @param wall compared with the times of receipt in the rows
 * @param nanoTime for intervals; never goes back
 */
public record WriterClock(InstantSource wall, LongSupplier nanoTime) {
    public static WriterClock system() {
        return new WriterClock(InstantSource.system(), System::nanoTime);
    }
}
