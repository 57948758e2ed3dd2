package dev.freshet.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds an {@link EventRows} row by row. Confined to one thread; {@link #build} gives the bytes away, so a builder
 * makes one block.
 */
public final class EventRowsBuilder {
    private static final int LEAST_BYTES = 256;

    /** What is allocated on a guess; past it the rows that are there tell how large all will be. */
    private static final int MOST_BYTES_AHEAD = 1 << 20;

    /** Allocated in vain by less than this, a block is given away as it is. */
    private static final int MOST_SLACK_BYTES = 256 * 1024;

    /** Guesses are this much too high, so that a right one does not fail by a few rows. */
    private static final double MARGIN = 1.03;

    private final int mostBytes;
    private final Progress progress;
    private byte[] bytes;
    private int size;
    private int count;
    private boolean isMixed;

    /** Says how much of what becomes rows is done. */
    public interface Progress {
        /** Of all that is to become rows, the share that the rows so far were made of; 0 where it is not known. */
        double share();
    }

    public EventRowsBuilder(int expectedBytes) {
        mostBytes = Integer.MAX_VALUE;
        progress = () -> 0;
        bytes = new byte[Math.max(expectedBytes, LEAST_BYTES)];
    }

    /**
     * For rows whose size is for others to say. Grows to what {@code progress} lets expect, at least by half.
     *
     * @param expectedBytes a guess; what is over a megabyte of it is not allocated before there are rows
     * @param mostBytes what would be larger fails with {@link RowsTooLargeException}, before it is allocated
     */
    public EventRowsBuilder(int expectedBytes, int mostBytes, Progress progress) {
        this.mostBytes = mostBytes;
        this.progress = progress;
        bytes = new byte[Math.clamp(expectedBytes, LEAST_BYTES, MOST_BYTES_AHEAD)];
    }

    /**
     * Begins a row with its fixed-width columns; log position and time of receipt are stamped later. The five texts
     * must follow by {@link #text}, in the order of {@link EventRows#COLUMNS}.
     */
    public EventRowsBuilder row(long timestampMs, long eventIdHigh, long eventIdLow, EventType type) {
        return row(timestampMs, eventIdHigh, eventIdLow, type.code());
    }

    /** Begins a row that is no event; {@link RowKind} says what its texts mean. */
    public EventRowsBuilder row(long timestampMs, long eventIdHigh, long eventIdLow, RowKind kind) {
        isMixed = true;
        return row(timestampMs, eventIdHigh, eventIdLow, kind.code());
    }

    private EventRowsBuilder row(long timestampMs, long eventIdHigh, long eventIdLow, byte code) {
        ensure(EventRows.TEXTS);
        EventRows.LONG.set(bytes, size, 0L);
        EventRows.LONG.set(bytes, size + EventRows.RECEIVED_AT, 0L);
        EventRows.LONG.set(bytes, size + EventRows.TIMESTAMP, timestampMs);
        EventRows.LONG.set(bytes, size + EventRows.EVENT_ID, eventIdHigh);
        EventRows.LONG.set(bytes, size + EventRows.EVENT_ID + 8, eventIdLow);
        bytes[size + EventRows.EVENT_TYPE] = code;
        size += EventRows.TEXTS;
        count++;
        return this;
    }

    public EventRowsBuilder text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return text(utf8, 0, utf8.length);
    }

    public EventRowsBuilder text(byte[] utf8, int offset, int length) {
        ensure(length + 5);
        int rest = length;
        while (rest > 0x7f) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        System.arraycopy(utf8, offset, bytes, size, length);
        size += length;
        return this;
    }

    /** Copies one whole row from another block. */
    public EventRowsBuilder copyRow(EventCursor cursor) {
        ensure(cursor.rowLength());
        System.arraycopy(cursor.bytes(), cursor.rowOffset(), bytes, size, cursor.rowLength());
        size += cursor.rowLength();
        count++;
        isMixed |= !cursor.isEvent();
        return this;
    }

    /** Copies all rows of another block. */
    public EventRowsBuilder copyRows(EventRows rows) {
        ensure(rows.sizeBytes());
        System.arraycopy(rows.array(), rows.offset(), bytes, size, rows.sizeBytes());
        size += rows.sizeBytes();
        count += rows.count();
        isMixed |= rows.isMixed();
        return this;
    }

    public int count() {
        return count;
    }

    public int sizeBytes() {
        return size;
    }

    public EventRows build() {
        boolean isSlack = bytes.length - size > MOST_SLACK_BYTES && size < bytes.length / 8 * 7;
        return new EventRows(isSlack ? Arrays.copyOf(bytes, size) : bytes, 0, size, count, isMixed);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            grow((long) size + more);
        }
    }

    private void grow(long neededBytes) {
        if (neededBytes > mostBytes) {
            throw new RowsTooLargeException(mostBytes);
        }
        double share = progress.share();
        long expectedBytes = share > 0 ? (long) (size / share * MARGIN) : 0;
        long atLeastBytes = Math.max(neededBytes, bytes.length + (long) bytes.length / 2);
        bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(atLeastBytes, expectedBytes), mostBytes));
    }
}
