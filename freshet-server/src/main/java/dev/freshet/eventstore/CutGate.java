package dev.freshet.eventstore;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * Holds either the writer, while it inserts a cut, or one reader at a time, while no cut is under way. A cut of several
 * inserts is one; while ClickHouse fails in its middle the lock is free, but no position describes the tables.
 */
final class CutGate implements InsertGate {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition settled = lock.newCondition();
    private final Duration settlingLimit;
    private boolean isSettled;
    private volatile long inserted;

    /** @param isSettled false while cuts of an earlier process, inserted or not, are still to be repeated */
    CutGate(long inserted, boolean isSettled, Duration settlingLimit) {
        this.settlingLimit = settlingLimit;
        this.inserted = inserted;
        this.isSettled = isSettled;
    }

    long inserted() {
        return inserted;
    }

    /**
     * Waits up to the settling limit for a cut that is only partly inserted.
     *
     * @throws EventStoreException INSERT_UNSETTLED when it stays so, since ClickHouse is failing
     */
    @Override
    public <T> T betweenInserts(LongFunction<T> work) {
        lock.lock();
        try {
            awaitSettled();
            return work.apply(inserted);
        } finally {
            lock.unlock();
        }
    }

    private void awaitSettled() {
        long leftNs = settlingLimit.toNanos();
        boolean isInterrupted = false;
        while (!isSettled && leftNs > 0 && !isInterrupted) {
            try {
                leftNs = settled.awaitNanos(leftNs);
            } catch (InterruptedException interrupted) {
                isInterrupted = true;
                Thread.currentThread().interrupt();
            }
        }
        if (!isSettled) {
            throw new EventStoreException(
                    EventStoreException.INSERT_UNSETTLED,
                    "A batch is only partly in ClickHouse; ask again when it answers.");
        }
    }

    /** Only for the writer: holds readers off until {@link #leave}. */
    void enter() {
        lock.lock();
        isSettled = false;
    }

    /** The cut is wholly inserted. */
    void settle(long position) {
        inserted = position;
        isSettled = true;
        settled.signalAll();
    }

    void leave() {
        lock.unlock();
    }
}
