package dev.freshet.sync;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a socket has received and its session has not looked at yet. Thread-safe. */
final class WaitingMessages {
    private final SyncLimits limits;
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicLong characters = new AtomicLong();

    WaitingMessages(SyncLimits limits) {
        this.limits = limits;
    }

    /** Counts one more; false, and not counted, when that is more than may wait. */
    boolean add(int length) {
        int waiting = messages.incrementAndGet();
        long inAll = characters.addAndGet(length);
        if (waiting > limits.waitingMessages() || inAll > limits.waitingCharacters()) {
            remove(length);
            return false;
        }
        return true;
    }

    void remove(int length) {
        messages.decrementAndGet();
        characters.addAndGet(-length);
    }
}
