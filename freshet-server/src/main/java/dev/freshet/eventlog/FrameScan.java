package dev.freshet.eventlog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a whole file of frames holds.
 *
 * @param soundBytes up to where frame follows frame without a fault
 * @param nextPosition the position that follows the last sound frame
 * @param syncedBytes up to where the sound frames are known to have been synced by what later frames say
 * @param sizeBytes the file's size; what lies between {@code soundBytes} and here is no sound frame
 * @param positionBehindDamage the last position of any sound frame behind the fault, or 0
 * @param isDamaged whether what lies at {@code soundBytes} had been synced: damage, not merely a torn tail
 */
record FrameScan(
        long soundBytes,
        long nextPosition,
        long syncedBytes,
        long sizeBytes,
        long positionBehindDamage,
        boolean isDamaged) {

    /** Takes each sound frame in turn. */
    interface Visitor {
        void visit(Frame frame, byte[] payload);
    }

    /** Reads the whole file; costs its size in reading once. */
    static FrameScan of(LogFile file, long firstPosition, Visitor visitor) throws IOException {
        long size = file.sizeBytes();
        FrameReader reader = new FrameReader(file);
        long nextPosition = firstPosition;
        long soundBytes = 0;
        long syncedBytes = 0;
        while (true) {
            Optional<Frame> frame = reader.peek(size);
            if (frame.isEmpty() || frame.get().firstPosition() != nextPosition) {
                break;
            }
            Optional<byte[]> payload = reader.take(frame.get());
            if (payload.isEmpty()) {
                break;
            }
            visitor.visit(frame.get(), payload.get());
            if (frame.get().syncedPosition() >= frame.get().firstPosition() - 1) {
                syncedBytes = soundBytes;
            }
            nextPosition = frame.get().nextPosition();
            soundBytes = reader.offset();
        }
        long behind = soundBytes < size ? lastSoundPosition(file, soundBytes + 1, size, nextPosition) : 0;
        return new FrameScan(soundBytes, nextPosition, syncedBytes, size, Math.max(behind, 0), behind > 0);
    }

    /**
     * Looks behind a fault for frames that prove it to be damage, that is, know {@code faultPosition} as synced; 0 when
     * there is none. Reads byte by byte, since nothing tells where the next frame begins.
     */
    private static long lastSoundPosition(LogFile file, long from, long size, long faultPosition) throws IOException {
        byte[] rest = new byte[Math.toIntExact(size - from)];
        ByteBuffer buffer = ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) > 0) {
            // read to the end
        }
        int end = buffer.position();
        long lastPosition = 0;
        boolean isProven = false;
        for (int at = 0; at + Frame.HEADER_BYTES <= end; at++) {
            if (rest[at] != (byte) Frame.MAGIC || !Frame.isAt(buffer, at)) {
                continue;
            }
            Frame frame = Frame.read(buffer, at);
            if (frame.payloadLength() < 0 || frame.sizeBytes() > end - at) {
                continue;
            }
            CRC32C crc = frame.startChecksum();
            crc.update(rest, at + Frame.HEADER_BYTES, frame.payloadLength());
            if (frame.matches(crc)) {
                isProven |= frame.syncedPosition() >= faultPosition;
                lastPosition = Math.max(lastPosition, Math.max(frame.lastPosition(), frame.syncedPosition()));
            }
        }
        return isProven ? lastPosition : 0;
    }
}
