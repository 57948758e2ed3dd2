package dev.freshet.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * A queue that is full by count or by bytes and then refuses, so that whoever offers can say so to whoever asked. Many
 * may offer, one takes. Thread-safe.
 */
public final class BoundedQueue<T> {
    private final int maxCount;
    private final long maxBytes;
    private final ToLongFunction<T> sizeOf;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private ArrayDeque<T> items = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    /** A queue with these bounds; the size of an item is asked once when it comes and once when it goes. */
    public BoundedQueue(int maxCount, long maxBytes, ToLongFunction<T> sizeOf) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
        this.sizeOf = sizeOf;
    }

    /**
     * Adds an item at the end. An item larger than the queue is taken when the queue is empty.
     *
     * @return whether it was taken; false when the queue is full or closed
     */
    public boolean offer(T item) {
        long size = sizeOf.applyAsLong(item);
        lock.lock();
        try {
            if (closed || items.size() >= maxCount || (!items.isEmpty() && bytes + size > maxBytes)) {
                return false;
            }
            add(item, size);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds an item past the bounds, for what must not be lost and is bounded by its origin.
     *
     * @return whether it was taken; false when the queue is closed
     */
    public boolean offerPastBounds(T item) {
        long size = sizeOf.applyAsLong(item);
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            add(item, size);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void add(T item, long size) {
        items.addLast(item);
        bytes += size;
        if (items.size() == 1) {
            changed.signal();
        }
    }

    /**
     * Waits until there is something and takes all of it.
     *
     * @return the items in order; empty once the queue is closed and nothing is left
     */
    public List<T> takeAll() throws InterruptedException {
        lock.lock();
        try {
            while (items.isEmpty() && !closed) {
                changed.await();
            }
            List<T> taken = new ArrayList<>(items);
            items = new ArrayDeque<>();
            bytes = 0;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Takes what there is at once, without waiting. */
    public List<T> drain() {
        lock.lock();
        try {
            List<T> taken = new ArrayList<>(items);
            items.clear();
            bytes = 0;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** How many items wait. */
    public int size() {
        lock.lock();
        try {
            return items.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it takes no more for ever, rather than for being full. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more; what waits can still be taken. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
