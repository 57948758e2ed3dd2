package dev.freshet.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds an {@link EventRows} row by row. Confined to one thread; {@link #build} gives the bytes away, so a builder
 * makes one block.
 */
public final class EventRowsBuilder {
    private byte[] bytes;
    private int size;
    private int count;
    private boolean isMixed;

    public EventRowsBuilder(int expectedBytes) {
        bytes = new byte[Math.max(expectedBytes, 256)];
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
        return new EventRows(bytes, 0, size, count, isMixed);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
