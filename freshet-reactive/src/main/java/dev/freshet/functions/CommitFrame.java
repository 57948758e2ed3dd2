package dev.freshet.functions;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** A frame of the file of commits: the payload's length, its checksum, and the payload, which begins with a timestamp's line. */
final class CommitFrame {
    static final int HEAD_BYTES = 8;
    static final int MOST_BYTES = 1 << 30;

    private static final ValueLayout.OfInt NUMBER = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int MOST_DIGITS = 19;

    private CommitFrame() {}

    static ByteBuffer of(byte[] payload) {
        return ByteBuffer.allocate(HEAD_BYTES + payload.length)
                .putInt(payload.length)
                .putInt(checksumOf(ByteBuffer.wrap(payload)))
                .put(payload)
                .flip();
    }

    /** The payload of the next frame; empty at the end and where no whole frame is. */
    static Optional<byte[]> read(DataInputStream input) throws IOException {
        try {
            int length = input.readInt();
            int checksum = input.readInt();
            if (length <= 0 || length > MOST_BYTES) {
                return Optional.empty();
            }
            byte[] payload = input.readNBytes(length);
            return payload.length == length && checksumOf(ByteBuffer.wrap(payload)) == checksum
                    ? Optional.of(payload)
                    : Optional.empty();
        } catch (EOFException end) {
            return Optional.empty();
        }
    }

    /** Where the first whole frame begins behind a damaged one, if any does, of a commit that is no older than this. */
    static OptionalLong findBehind(FileChannel channel, long damaged, long leastTimestampNs) throws IOException {
        long length = channel.size() - damaged;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rest = channel.map(FileChannel.MapMode.READ_ONLY, damaged, length, arena);
            for (long start = 1; start < length - HEAD_BYTES; start++) {
                int payload = rest.get(NUMBER, start);
                boolean fits = payload > 0 && payload <= Math.min(MOST_BYTES, length - start - HEAD_BYTES);
                if (fits && isWhole(rest.asSlice(start, HEAD_BYTES + (long) payload), leastTimestampNs)) {
                    return OptionalLong.of(damaged + start);
                }
            }
            return OptionalLong.empty();
        }
    }

    private static boolean isWhole(MemorySegment frame, long leastTimestampNs) {
        MemorySegment payload = frame.asSlice(HEAD_BYTES);
        return timestampOf(payload) >= leastTimestampNs
                && checksumOf(payload.asByteBuffer()) == frame.get(NUMBER, Integer.BYTES);
    }

    /** The number in the first line, -1 if there is none. */
    private static long timestampOf(MemorySegment payload) {
        long timestampNs = -1;
        for (long position = 0; position < Math.min(payload.byteSize(), MOST_DIGITS + 1); position++) {
            byte next = payload.get(ValueLayout.JAVA_BYTE, position);
            if (next == '\n') {
                return timestampNs;
            }
            if (next < '0' || next > '9') {
                return -1;
            }
            timestampNs = Math.max(timestampNs, 0) * 10 + (next - '0');
        }
        return -1;
    }

    private static int checksumOf(ByteBuffer payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(payload);
        return (int) checksum.getValue();
    }
}
