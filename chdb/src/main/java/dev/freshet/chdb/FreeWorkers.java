package dev.freshet.chdb;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The workers that have nothing to do, longest idle first. Safe from many threads. */
final class FreeWorkers {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final Queue<Worker> idle = new ArrayDeque<>();
    private boolean isClosed;

    void give(Worker worker) {
        lock.lock();
        try {
            idle.add(worker);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a worker, which is the caller's alone until it reports itself free again.
     *
     * @throws ChdbException NO_FREE_CONNECTION after the timeout, ENGINE_CLOSED at once when {@link #close} was called
     */
    Worker take(Duration timeout) throws InterruptedException {
        long leftNanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!isClosed) {
                Worker worker = idle.poll();
                if (worker != null) {
                    return worker;
                }
                if (leftNanos <= 0) {
                    throw new ChdbException(
                            ChdbException.NO_FREE_CONNECTION, "all connections were busy for " + timeout);
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
            throw Worker.closed();
        } finally {
            lock.unlock();
        }
    }

    /** Fails all who wait and all who come. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
