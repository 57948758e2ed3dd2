package dev.freshet.aggregate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one way to the aggregation thread: messages in the order they were sent. Blocks of events are bounded, so that the
 * feed waits in the log while the aggregation is behind; other messages are few and never wait. Safe from many threads.
 */
final class Mailbox {
    private static final int MOST_BLOCKS = 64;
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition taken = lock.newCondition();
    private final ArrayDeque<Message> messages = new ArrayDeque<>();
    private int blocks;
    private long bytes;

    /** Sends without waiting. */
    void send(Message message) {
        lock.lock();
        try {
            messages.add(message);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Sends events, once there is room for them. */
    void sendRows(Message.Rows rows) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (blocks >= MOST_BLOCKS || bytes >= MOST_BYTES) {
                taken.await();
            }
            blocks++;
            bytes += rows.rows().sizeBytes();
            messages.add(rows);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** All messages there are; waits for the first up to {@code waitNs}, then gives none. */
    List<Message> take(long waitNs) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long leftNs = waitNs;
            while (messages.isEmpty() && leftNs > 0) {
                leftNs = arrived.awaitNanos(leftNs);
            }
            List<Message> all = new ArrayList<>(messages);
            messages.clear();
            blocks = 0;
            bytes = 0;
            taken.signalAll();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
