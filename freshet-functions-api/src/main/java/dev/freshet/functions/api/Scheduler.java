package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.time.Duration;
import java.time.Instant;

/**
 * Has mutations and actions run later, internal ones too, without a caller and without asking their guards. From a
 * mutation all of it belongs to the transaction: what does not commit schedules and cancels nothing. From an action each
 * call takes effect at once, however the action ends.
 *
 * <p>A scheduled mutation happens exactly once; it is tried again when the system, not the function, was why it failed, also
 * when it was not begun since earlier runs of it have not returned. A scheduled action runs at most once.
 *
 * <p>At most 200,000 functions are scheduled at a moment, with arguments of 4 MiB each and 256 MiB in all.
 */
public interface Scheduler {
    /**
     * The table of scheduled functions, which every function may read: documents {@code {name, args, scheduledTime,
     * completedTime?, state, cron?}}, where {@code cron} names the cron whose run it is and {@code state.kind} is {@code pending}, {@code inProgress} (actions only), {@code
     * success}, {@code failed} (with {@code state.error}) or {@code canceled}. Those that have ended stay 7 days, and are
     * the sooner gone when there are more than 10,000 or all rows take more than 128 MiB.
     */
    String TABLE = "_scheduled_functions";

    /**
     * Runs the function once the delay has passed.
     *
     * @param path as {@code messages:send}
     * @return the id in {@link #TABLE}
     * @throws IllegalArgumentException when there is no such mutation or action, when the arguments are not for it, when the
     *     time is more than five years off, or when more is scheduled than may
     */
    String runAfter(Duration delay, String path, ConvexObject arguments);

    /** Runs the function at a time; at once if that has passed. Otherwise as {@link #runAfter}. */
    String runAt(Instant time, String path, ConvexObject arguments);

    /**
     * Keeps a scheduled function from running. One that runs already goes on, but what it schedules from now on is
     * cancelled; one that has ended stays as it is.
     *
     * @throws IllegalArgumentException when there is no such scheduled function
     */
    void cancel(String scheduledId);
}
