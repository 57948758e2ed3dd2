package dev.freshet.eventlog;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Reads the frames of one file in chunks, front to back. Confined to one thread; does not own the file. */
final class FrameReader {
    private static final int CHUNK_BYTES = 256 * 1024;

    private final LogFile file;
    private final ByteBuffer chunk;
    private long offset;

    FrameReader(LogFile file) {
        this(file, 0, ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Reuses a chunk of another reader, whose place this one takes. */
    FrameReader(LogFile file, FrameReader predecessor) {
        this(file, 0, predecessor.chunk);
    }

    private FrameReader(LogFile file, long offset, ByteBuffer chunk) {
        this.file = file;
        this.offset = offset;
        this.chunk = chunk.clear().limit(0);
    }

    /** Where the next frame begins. */
    long offset() {
        return offset;
    }

    /**
     * The header at {@link #offset}, not moving on; empty when the bytes up to {@code end} hold no header with a payload.
     * Nothing at or past {@code end} is looked at, since a writer may still be changing it.
     */
    Optional<Frame> peek(long end) throws IOException {
        if (end - offset < Frame.HEADER_BYTES || !load(Frame.HEADER_BYTES, end)) {
            return Optional.empty();
        }
        if (!Frame.isAt(chunk, chunk.position())) {
            return Optional.empty();
        }
        Frame frame = Frame.read(chunk, chunk.position());
        boolean isPossible = frame.payloadLength() >= 0
                && frame.count() >= 0
                && frame.firstPosition() > 0
                && frame.sizeBytes() <= end - offset;
        return isPossible ? Optional.of(frame) : Optional.empty();
    }

    /** Steps over the frame that {@link #peek} gave, unread. */
    void skip(Frame frame) {
        advance(frame.sizeBytes());
    }

    /** Reads the payload of the frame that {@link #peek} gave and steps over it; empty when its checksum is wrong. */
    Optional<byte[]> take(Frame frame) throws IOException {
        byte[] payload = new byte[frame.payloadLength()];
        chunk.position(chunk.position() + Frame.HEADER_BYTES);
        offset += Frame.HEADER_BYTES;
        int buffered = Math.min(payload.length, chunk.remaining());
        chunk.get(payload, 0, buffered);
        ByteBuffer rest = ByteBuffer.wrap(payload, buffered, payload.length - buffered);
        long at = offset + buffered;
        while (rest.hasRemaining()) {
            int count = file.read(rest, at);
            if (count <= 0) {
                throw new EOFException("the file ends inside a record at offset " + at);
            }
            at += count;
        }
        offset += payload.length;
        if (buffered < payload.length) {
            chunk.limit(0).position(0);
        }
        CRC32C crc = frame.startChecksum();
        crc.update(payload);
        return frame.matches(crc) ? Optional.of(payload) : Optional.empty();
    }

    private void advance(long bytes) {
        offset += bytes;
        if (bytes <= chunk.remaining()) {
            chunk.position(chunk.position() + (int) bytes);
        } else {
            chunk.limit(0).position(0);
        }
    }

    /** Makes sure that the chunk holds {@code needed} bytes from {@link #offset} on. */
    private boolean load(int needed, long end) throws IOException {
        if (chunk.remaining() >= needed) {
            return true;
        }
        chunk.compact();
        long at = offset + chunk.position();
        chunk.limit((int) Math.min(chunk.capacity(), chunk.position() + (end - at)));
        while (chunk.position() < needed) {
            int count = file.read(chunk, at);
            if (count <= 0) {
                break;
            }
            at += count;
        }
        chunk.flip();
        return chunk.remaining() >= needed;
    }
}
