package dev.freshet.eventstore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Writes rows in ClickHouse's RowBinary, value by value in the order of the insert's columns. Confined to one thread. */
public final class RowBinaryWriter {
    private ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);

    /** UInt8, Int8, Enum8 or Bool. */
    public RowBinaryWriter int8(byte value) {
        room(1).put(value);
        return this;
    }

    /** UInt64, Int64 or DateTime64. */
    public RowBinaryWriter int64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    public RowBinaryWriter uuid(UUID value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    public RowBinaryWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        ByteBuffer target = room(5 + utf8.length);
        int rest = utf8.length;
        while (rest > 0x7f) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest).put(utf8);
        return this;
    }

    /** What was written so far; shares the bytes. */
    public ByteBuffer rows() {
        return buffer.duplicate().flip();
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer =
                    ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
        }
        return buffer;
    }
}
