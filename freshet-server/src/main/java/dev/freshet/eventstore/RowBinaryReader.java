package dev.freshet.eventstore;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Reads a result in ClickHouse's RowBinary, value by value in the order of the query's columns. Confined to one thread.
 * What the methods read must be what the column holds: the format carries no types.
 */
public final class RowBinaryReader {
    private final ByteBuffer buffer;

    public RowBinaryReader(ByteBuffer rows) {
        buffer = rows.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    public boolean hasNext() {
        return buffer.hasRemaining();
    }

    /** UInt8, Int8, Enum8 or Bool. */
    public byte int8() {
        return buffer.get();
    }

    /** UInt32, Int32 or DateTime, as a signed 32-bit value widened without sign. */
    public long uint32() {
        return Integer.toUnsignedLong(buffer.getInt());
    }

    /** UInt64, Int64 or DateTime64. */
    public long int64() {
        return buffer.getLong();
    }

    public double float64() {
        return buffer.getDouble();
    }

    public String string() {
        byte[] utf8 = new byte[length()];
        buffer.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    public UUID uuid() {
        long high = buffer.getLong();
        return new UUID(high, buffer.getLong());
    }

    /** A length in LEB128: of a string, or of an array whose elements follow. */
    public int length() {
        long value = 0;
        int shift = 0;
        byte part;
        do {
            part = buffer.get();
            value |= (long) (part & 0x7f) << shift;
            shift += 7;
        } while (part < 0 && shift < 63);
        if (value > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        return (int) value;
    }
}
