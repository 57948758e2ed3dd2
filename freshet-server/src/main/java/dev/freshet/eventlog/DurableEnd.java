package dev.freshet.eventlog;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The frontier {@code durable}: the writer moves it, readers wait for it. Thread-safe. */
final class DurableEnd {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile long position;
    private volatile boolean isClosed;

    DurableEnd(long position) {
        this.position = position;
    }

    long position() {
        return position;
    }

    boolean isClosed() {
        return isClosed;
    }

    void advanceTo(long newPosition) {
        lock.lock();
        try {
            position = newPosition;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@code wanted} is durable or the end is closed; false when neither happened in time. */
    boolean await(long wanted, long waitNs) throws InterruptedException {
        if (position >= wanted || isClosed) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            long leftNs = waitNs;
            while (position < wanted && !isClosed) {
                if (leftNs <= 0) {
                    return false;
                }
                leftNs = changed.awaitNanos(leftNs);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
