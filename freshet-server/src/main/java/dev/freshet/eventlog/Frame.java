package dev.freshet.eventlog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The header in front of each record in a file of the log. All numbers are little-endian.
 *
 * <pre>
 * 0  magic and kind      4  CRC-32C of the magic and of everything from byte 8 to the end of the payload
 * 8  payload length      12 count of positions in the payload
 * 16 first position      24 last position that was known to be synced when this record was written
 * </pre>
 *
 * <p>The last field tells a torn tail from damage: a broken record was acknowledged to somebody exactly if a sound
 * record behind it knows its position as synced. The magic begins with a byte that no UTF-8 text holds, so that no
 * event's text can pass for a header; its last byte tells records that hold more than events, so that whoever looks for
 * those can step over all others unread.
 */
record Frame(int payloadLength, int checksum, int count, long firstPosition, long syncedPosition, boolean isMixed) {
    static final int HEADER_BYTES = 32;
    static final int MAGIC = 0x01_52_46_FE;
    private static final int MAGIC_MIXED = 0x02_52_46_FE;

    /** The header of a payload whose checksum is yet to be computed. */
    static Frame of(int payloadLength, int count, long firstPosition, long syncedPosition, boolean isMixed) {
        return new Frame(payloadLength, 0, count, firstPosition, syncedPosition, isMixed);
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
        ByteBuffer fields = ByteBuffer.allocate(HEADER_BYTES - 4).order(ByteOrder.LITTLE_ENDIAN);
        fields.putInt(magic())
                .putInt(payloadLength)
                .putInt(count)
                .putLong(firstPosition)
                .putLong(syncedPosition);
        CRC32C crc = new CRC32C();
        crc.update(fields.array());
        return crc;
    }

    private int magic() {
        return isMixed ? MAGIC_MIXED : MAGIC;
    }

    boolean matches(CRC32C crc) {
        return checksum == (int) crc.getValue();
    }

    Frame withChecksum(CRC32C crc) {
        return new Frame(payloadLength, (int) crc.getValue(), count, firstPosition, syncedPosition, isMixed);
    }

    /** {@code target} must be little-endian. */
    void put(ByteBuffer target) {
        target.putInt(magic()).putInt(checksum).putInt(payloadLength).putInt(count);
        target.putLong(firstPosition).putLong(syncedPosition);
    }

    static boolean isAt(ByteBuffer source, int index) {
        int magic = source.getInt(index);
        return magic == MAGIC || magic == MAGIC_MIXED;
    }

    /** Reads the header at {@code index}; says nothing about whether it makes sense. */
    static Frame read(ByteBuffer source, int index) {
        return new Frame(
                source.getInt(index + 8),
                source.getInt(index + 4),
                source.getInt(index + 12),
                source.getLong(index + 16),
                source.getLong(index + 24),
                source.getInt(index) == MAGIC_MIXED);
    }
}
