package dev.freshet.eventlog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The header in front of each record in a file of the log. All numbers are little-endian.
 *
 * <pre>
 * 0  magic and version   4  CRC-32C of everything from byte 8 to the end of the payload
 * 8  payload length      12 count of positions in the payload
 * 16 first position      24 last position that was known to be synced when this record was written
 * </pre>
 *
 * <p>The last field tells a torn tail from damage: a broken record was acknowledged to somebody exactly if a sound
 * record behind it knows its position as synced. The magic begins with a byte that no UTF-8 text holds, so that no
 * event's text can pass for a header.
 */
record Frame(int payloadLength, int checksum, int count, long firstPosition, long syncedPosition) {
    static final int HEADER_BYTES = 32;
    static final int MAGIC = 0x01_52_46_FE;

    /** The header of a payload whose checksum is yet to be computed. */
    static Frame of(int payloadLength, int count, long firstPosition, long syncedPosition) {
        return new Frame(payloadLength, 0, count, firstPosition, syncedPosition);
    }

    long lastPosition() {
        return firstPosition + count - 1;
    }

    long nextPosition() {
        return firstPosition + count;
    }

    long sizeBytes() {
        return (long) HEADER_BYTES + payloadLength;
    }

    /** A checksum that has taken in the header; feed it the payload. */
    CRC32C startChecksum() {
        ByteBuffer fields = ByteBuffer.allocate(HEADER_BYTES - 8).order(ByteOrder.LITTLE_ENDIAN);
        fields.putInt(payloadLength).putInt(count).putLong(firstPosition).putLong(syncedPosition);
        CRC32C crc = new CRC32C();
        crc.update(fields.array());
        return crc;
    }

    boolean matches(CRC32C crc) {
        return checksum == (int) crc.getValue();
    }

    Frame withChecksum(CRC32C crc) {
        return new Frame(payloadLength, (int) crc.getValue(), count, firstPosition, syncedPosition);
    }

    /** {@code target} must be little-endian. */
    void put(ByteBuffer target) {
        target.putInt(MAGIC).putInt(checksum).putInt(payloadLength).putInt(count);
        target.putLong(firstPosition).putLong(syncedPosition);
    }

    static boolean isAt(ByteBuffer source, int index) {
        return source.getInt(index) == MAGIC;
    }

    /** Reads the header at {@code index}; says nothing about whether it makes sense. */
    static Frame read(ByteBuffer source, int index) {
        return new Frame(
                source.getInt(index + 8),
                source.getInt(index + 4),
                source.getInt(index + 12),
                source.getLong(index + 16),
                source.getLong(index + 24));
    }
}
