package dev.freshet.eventlog;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLogException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the end of the log. Confined to one thread, which must not be interrupted while it is in here: an
 * interrupted file call closes the file and fails the log.
 *
 * <p>Records gather in a buffer and are written when it is full or at {@link #sync}; nothing that was appended is durable,
 * or seen by a reader, before {@code sync} returned. One sync serves all appends before it: that is group commit.
 */
public final class EventLogWriter {
    private static final int BUFFER_BYTES = 1024 * 1024;

    /** Each reader takes a record into memory as a whole, so that larger blocks become several records. */
    static final int MOST_RECORD_BYTES = 448 * 1024;

    private final EventLogOptions options;
    private final ConcurrentSkipListMap<Long, Segment> segments;
    private final DurableEnd durable;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private Segment segment;
    private LogFile file;
    private long writtenBytes;
    private long nextPosition;
    private boolean isSealed = true;
    private volatile @Nullable EventLogException failure;

    EventLogWriter(
            EventLogOptions options,
            ConcurrentSkipListMap<Long, Segment> segments,
            DurableEnd durable,
            long nextPosition)
            throws IOException {
        this.options = options;
        this.segments = segments;
        this.durable = durable;
        this.nextPosition = nextPosition;
        var last = segments.lastEntry();
        if (last != null && last.getValue().lastPosition() == nextPosition - 1) {
            segment = last.getValue();
            file = options.files().open(segment.file());
        } else {
            segment = new Segment(options.folder(), nextPosition);
            file = create(segment);
        }
        writtenBytes = segment.sizeBytes();
    }

    /**
     * Gives the rows their positions and their time of receipt and takes them into the log. The rows belong to the log
     * until this returns and may be shared afterwards; they are not durable yet. Of a large block, which becomes several records,
     * a crash before {@link #sync} may leave the first ones.
     *
     * @return the position of the last row
     * @throws EventLogException FULL when nothing was changed and nothing fits; FAILED or CLOSED
     */
    public long append(EventRows rows, long receivedAtMs) {
        requireUsable();
        if (rows.isEmpty()) {
            return nextPosition - 1;
        }
        List<EventRows> records = rows.pieces(MOST_RECORD_BYTES);
        requireRoom((long) records.size() * Frame.HEADER_BYTES + rows.sizeBytes());
        try {
            for (EventRows each : records) {
                appendRecord(each, receivedAtMs);
            }
            return nextPosition - 1;
        } catch (IOException cause) {
            throw fail(cause);
        }
    }

    private void appendRecord(EventRows rows, long receivedAtMs) throws IOException {
        long frameBytes = (long) Frame.HEADER_BYTES + rows.sizeBytes();
        if (segment.sizeBytes() > 0 && segment.sizeBytes() + frameBytes > options.segmentBytes()) {
            roll();
        }
        rows.stamp(nextPosition, receivedAtMs);
        write(rows);
        nextPosition += rows.count();
        segment.appended(nextPosition - 1, segment.sizeBytes() + frameBytes);
        isSealed = false;
    }

    /**
     * Makes all that was appended durable with one sync of the disk, then lets the readers see it. Returns at once when
     * there is nothing to sync.
     *
     * @throws EventLogException FAILED; whether the appended events are on the disk is then unknown
     */
    public void sync() {
        requireUsable();
        if (durable.position() == nextPosition - 1) {
            return;
        }
        try {
            flush();
            file.sync();
        } catch (IOException cause) {
            throw fail(cause);
        }
        segment.synced();
        durable.advanceTo(nextPosition - 1);
    }

    /** The position that the next event will have. */
    public long nextPosition() {
        return nextPosition;
    }

    /** Why nothing can be appended any more; from any thread. */
    Optional<EventLogException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Syncs and leaves a seal behind, an empty record that knows all before it as synced. */
    void close() {
        try (LogFile closing = file) {
            if (failure != null || durable.isClosed()) {
                return;
            }
            sync();
            if (!isSealed) {
                Frame seal = Frame.of(0, 0, nextPosition, durable.position(), false);
                buffer.clear();
                seal.withChecksum(seal.startChecksum()).put(buffer);
                flush();
                closing.sync();
                isSealed = true;
            }
        } catch (IOException cause) {
            throw fail(cause);
        }
    }

    private void write(EventRows rows) throws IOException {
        Frame open = Frame.of(rows.sizeBytes(), rows.count(), nextPosition, durable.position(), rows.isMixed());
        CRC32C crc = open.startChecksum();
        rows.updateChecksum(crc);
        if (buffer.remaining() < open.sizeBytes()) {
            flush();
        }
        open.withChecksum(crc).put(buffer);
        ByteBuffer payload = rows.buffer();
        while (payload.hasRemaining()) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int count = Math.min(buffer.remaining(), payload.remaining());
            buffer.put(buffer.position(), payload, payload.position(), count);
            buffer.position(buffer.position() + count);
            payload.position(payload.position() + count);
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        int count = buffer.remaining();
        if (count > 0) {
            file.write(buffer, writtenBytes);
            writtenBytes += count;
        }
        buffer.clear();
    }

    /** Closes the full segment, synced as a whole, and begins the next; only the newest segment can have a torn tail. */
    private void roll() throws IOException {
        flush();
        file.sync();
        segment.synced();
        file.close();
        segment = new Segment(options.folder(), nextPosition);
        file = create(segment);
        writtenBytes = 0;
    }

    private LogFile create(Segment created) throws IOException {
        LogFile opened = options.files().open(created.file());
        try {
            options.files().syncFolder(options.folder());
        } catch (IOException cause) {
            opened.close();
            throw cause;
        }
        segments.put(created.firstPosition(), created);
        return opened;
    }

    private void requireRoom(long frameBytes) {
        long held = frameBytes;
        for (Segment each : segments.values()) {
            held += each.sizeBytes();
        }
        if (held > options.limitBytes()) {
            throw new EventLogException(
                    Code.FULL, "The event log has reached its limit of " + options.limitBytes() + " bytes.");
        }
        long usable;
        try {
            usable = options.files().usableBytes(options.folder());
        } catch (IOException cause) {
            throw new EventLogException(
                    Code.FULL, "The free space of the event log's disk cannot be told: " + cause, cause);
        }
        if (usable - frameBytes < options.reserveBytes()) {
            throw new EventLogException(
                    Code.FULL, "The disk of the event log has only " + usable + " bytes left. Free some space.");
        }
    }

    private void requireUsable() {
        EventLogException earlier = failure;
        if (earlier != null) {
            throw new EventLogException(
                    Code.FAILED,
                    "The event log failed earlier and takes no more events until it is opened again.",
                    earlier);
        }
        if (durable.isClosed()) {
            throw new EventLogException(Code.CLOSED, "The event log is closed.");
        }
    }

    private EventLogException fail(IOException cause) {
        EventLogException first = new EventLogException(
                Code.FAILED,
                "Writing the event log failed (" + cause + "); it takes no more events until it is opened again.",
                cause);
        failure = first;
        return first;
    }
}
