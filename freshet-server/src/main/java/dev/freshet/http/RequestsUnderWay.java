package dev.freshet.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests that are not answered yet, so that a stop can wait for them. Thread-safe. */
final class RequestsUnderWay {
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final AtomicInteger count = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private volatile boolean isStopping;

    /** Counts one more; false, with nothing counted, once no more are taken. */
    boolean enter() {
        count.incrementAndGet();
        if (isStopping) {
            leave();
            return false;
        }
        return true;
    }

    void leave() {
        if (count.decrementAndGet() == 0 && isStopping) {
            lock.lock();
            try {
                none.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Takes no more, and waits for those that are under way; the result is how many there still are. */
    int stop(Duration limit) {
        isStopping = true;
        lock.lock();
        try {
            long deadlineNanos = System.nanoTime() + limit.toNanos();
            long leftNanos = limit.toNanos();
            while (count.get() > 0 && leftNanos > 0) {
                // Short waits, since a count that reaches zero before the flag is seen signals nobody.
                none.awaitNanos(Math.min(leftNanos, LONGEST_WAIT_NANOS));
                leftNanos = deadlineNanos - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever stops this is in a hurry: the rest goes unanswered
        } finally {
            lock.unlock();
        }
        return count.get();
    }
}
