package dev.freshet.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.Checksum;

/**
 * A block of events in the one byte layout they have from the decoder to ClickHouse: ClickHouse's RowBinary with the
 * fixed-width columns first, in the order of {@link #COLUMNS}. A block can be sent to ClickHouse, written to the event
 * log and read by the aggregation without being decoded and encoded again.
 *
 * <pre>
 * offset 0   log_position UInt64    8   received_at Int64 (ms)   16  timestamp Int64 (ms)
 *        24  event_id UUID (two little-endian words, high first)  40  event_type Int8, or the code of a {@link RowKind}
 *        41  team_id, name, user_id, session_id, properties: each a LEB128 length and that many bytes of UTF-8
 * </pre>
 *
 * <p>A block is not copied: whoever hands out one gives up writing to its bytes. Only the owner of the event log's
 * order changes rows in place, by {@link #stamp}, before anybody else sees them.
 */
public final class EventRows {
    /** The columns of a row in their order, as an INSERT must name them. */
    public static final String COLUMNS =
            "log_position, received_at, timestamp, event_id, event_type, team_id, name, user_id, session_id, properties";

    static final int RECEIVED_AT = 8;
    static final int TIMESTAMP = 16;
    static final int EVENT_ID = 24;
    static final int EVENT_TYPE = 40;
    static final int TEXTS = 41;

    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final int count;
    private final boolean isMixed;

    /**
     * @param bytes holds {@code count} whole rows from {@code offset} on, {@code length} bytes in all; not copied
     * @param isMixed whether there may be rows among them that are no events
     */
    public EventRows(byte[] bytes, int offset, int length, int count, boolean isMixed) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.count = count;
        this.isMixed = isMixed;
    }

    public int count() {
        return count;
    }

    public int sizeBytes() {
        return length;
    }

    /** False when every row is an event; see {@link RowKind}. */
    public boolean isMixed() {
        return isMixed;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** The rows' bytes, read-only in effect: the caller must not write to them. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, offset, length).asReadOnlyBuffer();
    }

    /** Feeds the rows' bytes to a checksum, without a copy. */
    public void updateChecksum(Checksum checksum) {
        checksum.update(bytes, offset, length);
    }

    /** The same rows in blocks of at most {@code mostBytes} each, or of one row that is larger; they share the bytes. */
    public List<EventRows> pieces(int mostBytes) {
        if (length <= mostBytes) {
            return List.of(this);
        }
        List<EventRows> pieces = new ArrayList<>();
        EventCursor cursor = cursor();
        int start = offset;
        int end = offset;
        int rows = 0;
        while (cursor.next()) {
            int next = cursor.rowOffset() + cursor.rowLength();
            if (next - start > mostBytes && rows > 0) {
                pieces.add(new EventRows(bytes, start, end - start, rows, isMixed));
                start = end;
                rows = 0;
            }
            end = next;
            rows++;
        }
        pieces.add(new EventRows(bytes, start, end - start, rows, isMixed));
        return pieces;
    }

    /** The same block without its first {@code rows} rows; shares the bytes. */
    public EventRows skip(int rows) {
        if (rows == 0) {
            return this;
        }
        Objects.checkIndex(rows, count + 1);
        EventCursor cursor = cursor();
        int skippedBytes = 0;
        for (int row = 0; row < rows && cursor.next(); row++) {
            skippedBytes += cursor.rowLength();
        }
        return new EventRows(bytes, offset + skippedBytes, length - skippedBytes, count - rows, isMixed);
    }

    byte[] array() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    int end() {
        return offset + length;
    }

    /** A cursor before the first row; see {@link EventCursor#next}. */
    public EventCursor cursor() {
        return new EventCursor(this);
    }

    /**
     * Gives the rows consecutive log positions from {@code firstPosition} on and the time of receipt. Only for the
     * owner of the log's order, before the block is shared.
     */
    public void stamp(long firstPosition, long receivedAtMs) {
        EventCursor cursor = cursor();
        long position = firstPosition;
        while (cursor.next()) {
            LONG.set(bytes, cursor.rowOffset(), position++);
            LONG.set(bytes, cursor.rowOffset() + RECEIVED_AT, receivedAtMs);
        }
    }
}
