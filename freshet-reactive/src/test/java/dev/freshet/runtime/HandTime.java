package dev.freshet.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A clock and a timer that a test moves by hand. Tasks run on the thread that calls {@link #advance} or {@link #runDue},
 * in the order of their times, those of the same time in the order in which they came. Thread-safe.
 */
public final class HandTime implements Clock, Timer {
    private final List<Task> tasks = new ArrayList<>();
    private long nowNs;
    private long sequence;

    /** Time stands at these milliseconds since the epoch. */
    public HandTime(long epochMs) {
        nowNs = epochMs * 1_000_000;
    }

    @Override
    public synchronized long epochNs() {
        return nowNs;
    }

    @Override
    public synchronized long monotonicNs() {
        return nowNs;
    }

    @Override
    public synchronized Cancellable schedule(Duration delay, Runnable task) {
        Task scheduled = new Task(nowNs + delay.toNanos(), sequence++, task);
        tasks.add(scheduled);
        return () -> {
            synchronized (this) {
                tasks.remove(scheduled);
            }
        };
    }

    /** Runs what is due at the present time. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** Moves the time on and runs what becomes due on the way, each at its time. */
    public void advance(Duration by) {
        long untilNs = epochNs() + by.toNanos();
        for (Task next = takeDue(untilNs); next != null; next = takeDue(untilNs)) {
            next.task.run();
        }
        set(untilNs);
    }

    /** Sets the clocks, also back, without running anything. */
    public synchronized void set(long epochNs) {
        nowNs = epochNs;
    }

    /** How many tasks wait. */
    public synchronized int waiting() {
        return tasks.size();
    }

    private synchronized @org.jspecify.annotations.Nullable Task takeDue(long untilNs) {
        Task next = tasks.stream()
                .filter(task -> task.dueNs <= untilNs)
                .min(Comparator.comparingLong(Task::dueNs).thenComparingLong(Task::sequence))
                .orElse(null);
        if (next != null) {
            tasks.remove(next);
            nowNs = Math.max(nowNs, next.dueNs);
        }
        return next;
    }

    private record Task(long dueNs, long sequence, Runnable task) {}
}
