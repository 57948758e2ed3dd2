package dev.freshet.chdb;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A result that comes in chunks as it is read: the engine waits for the reader after a few. Holds a connection until its
 * end, {@link #close}, or the statement's time limit, which counts the reader's own time too: a stream that nobody reads or
 * closes gives its connection back then. Read by one thread; closed by any.
 */
public final class ChdbResultStream implements AutoCloseable {
    private static final int CHUNKS_AHEAD = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<byte[]> chunks = new ArrayDeque<>(CHUNKS_AHEAD);
    private final Duration timeout;
    private final Duration killGrace;
    private final long startNanos = System.nanoTime();
    private Runnable kill = () -> {};
    private boolean isEnded;
    private boolean isClosed;
    private @Nullable Throwable failure;

    /** @param killGrace how long past the timeout the reader waits for a killed statement */
    ChdbResultStream(Duration timeout, Duration killGrace) {
        this.timeout = timeout;
        this.killGrace = killGrace;
    }

    /** Before the stream is handed out: what ends its statement, without waiting. */
    void endBy(Runnable killer) {
        kill = killer;
    }

    /**
     * Waits for the next chunk.
     *
     * @return bytes in the statement's format, cut anywhere; empty at the end
     * @throws ChdbException when the statement failed, after the chunks that came before
     * @throws IllegalStateException when the stream was closed
     */
    public Optional<byte[]> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean isKilled = false;
            while (true) {
                if (isClosed) {
                    throw new IllegalStateException("the stream is closed");
                }
                byte[] chunk = chunks.poll();
                if (chunk != null) {
                    changed.signalAll();
                    return Optional.of(chunk);
                }
                if (failure != null) {
                    throw Chdb.rethrown(failure);
                }
                if (isEnded) {
                    return Optional.empty();
                }
                long leftNanos = leftNanos() + (isKilled ? killGrace.toNanos() : 0);
                if (leftNanos > 0) {
                    long _ = changed.awaitNanos(leftNanos);
                } else if (isKilled) {
                    throw new ChdbException(
                            ChdbException.ENGINE_UNRESPONSIVE,
                            "the statement passed its limit of %s and could not be cancelled".formatted(timeout));
                } else {
                    kill.run();
                    isKilled = true;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the statement if it has not ended, without waiting for it. */
    @Override
    public void close() {
        boolean isUnderWay;
        lock.lock();
        try {
            isUnderWay = !isClosed && !isEnded;
            isClosed = true;
            chunks.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (isUnderWay) {
            kill.run();
        }
    }

    /**
     * On the engine's side: waits for the reader.
     *
     * @return false once the reader is gone
     * @throws ChdbException TIMEOUT_EXCEEDED when the reader took nothing until the time limit
     */
    boolean offer(byte[] chunk) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!isClosed && chunks.size() >= CHUNKS_AHEAD) {
                long leftNanos = leftNanos();
                if (leftNanos <= 0) {
                    throw timedOut();
                }
                long _ = changed.awaitNanos(leftNanos);
            }
            if (isClosed) {
                return false;
            }
            chunks.add(chunk);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** On the engine's side: the statement ended. */
    void end() {
        finish(null);
    }

    /** On the engine's side: the statement failed. */
    void fail(Throwable cause) {
        boolean isLate = leftNanos() <= 0
                && cause instanceof ChdbException known
                && known.code() == ChdbException.QUERY_WAS_CANCELLED;
        finish(isLate ? timedOut() : cause);
    }

    private void finish(@Nullable Throwable cause) {
        lock.lock();
        try {
            isEnded = true;
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private ChdbException timedOut() {
        return new ChdbException(
                ChdbException.TIMEOUT_EXCEEDED,
                "TIMEOUT_EXCEEDED",
                "the statement passed its limit of %s and was cancelled".formatted(timeout));
    }

    private long leftNanos() {
        return timeout.toNanos() - (System.nanoTime() - startNanos);
    }
}
