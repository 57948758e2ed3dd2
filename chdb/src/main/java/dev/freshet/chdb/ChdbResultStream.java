package dev.freshet.chdb;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A result that comes in chunks as it is read: the engine waits for the reader after a few. Holds a connection until its
 * end or {@link #close}. Confined to one reader.
 */
public final class ChdbResultStream implements AutoCloseable {
    private static final int CHUNKS_AHEAD = 2;
    private static final long POLL_MS = 50;

    private sealed interface Item {
        record Chunk(byte[] bytes) implements Item {}

        record End() implements Item {}

        record Failure(Throwable cause) implements Item {}
    }

    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private volatile boolean isClosed;
    private volatile @Nullable Throwable breakOff;
    private @Nullable Item last;

    ChdbResultStream() {}

    /**
     * Waits for the next chunk.
     *
     * @return bytes in the statement's format, cut anywhere; empty at the end
     * @throws ChdbException when the statement failed
     */
    public Optional<byte[]> next() throws InterruptedException {
        if (last == null) {
            Item item = take();
            if (item instanceof Item.Chunk(byte[] bytes)) {
                return Optional.of(bytes);
            }
            last = item;
        }
        if (last instanceof Item.Failure(Throwable cause)) {
            throw Chdb.rethrown(cause);
        }
        return Optional.empty();
    }

    private Item take() throws InterruptedException {
        while (true) {
            Item item = items.poll(POLL_MS, TimeUnit.MILLISECONDS);
            if (item != null) {
                return item;
            }
            Throwable cause = breakOff;
            if (cause != null && items.isEmpty()) {
                return new Item.Failure(cause);
            }
        }
    }

    /** Ends the statement if it has not ended; safe to call from any thread. */
    @Override
    public void close() {
        isClosed = true;
        items.clear();
    }

    /** On the engine's side: false once the reader is gone. */
    boolean offer(byte[] chunk) throws InterruptedException {
        return put(new Item.Chunk(chunk));
    }

    void end() throws InterruptedException {
        put(new Item.End());
    }

    /** The rest will not come; what is waiting can still be read. */
    void breakOff(Throwable failure) {
        breakOff = failure;
    }

    private boolean put(Item item) throws InterruptedException {
        while (!isClosed) {
            if (items.offer(item, POLL_MS, TimeUnit.MILLISECONDS)) {
                return !isClosed;
            }
        }
        return false;
    }
}
