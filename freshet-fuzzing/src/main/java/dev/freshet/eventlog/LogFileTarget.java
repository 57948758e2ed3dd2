package dev.freshet.eventlog;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.Require;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Files of the event log: any bytes, the same with sound checksums, so that the payloads are looked at as well, and a sound file
 * whose end is any bytes.
 */
public final class LogFileTarget implements FuzzTarget {
    private static final int SOUND_RECORDS = 5;

    private final byte[] sound = soundFile();

    /** A file that is not written to. */
    private record ReadOnlyFile(byte[] bytes) implements LogFile {
        @Override
        public int read(ByteBuffer target, long offset) {
            if (offset >= bytes.length) {
                return -1;
            }
            int count = Math.min(target.remaining(), bytes.length - (int) offset);
            target.put(bytes, (int) offset, count);
            return count;
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            throw new IOException("a scan does not write");
        }

        @Override
        public void sync() throws IOException {
            throw new IOException("a scan does not sync");
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            throw new IOException("a scan does not cut");
        }

        @Override
        public long sizeBytes() {
            return bytes.length;
        }

        @Override
        public void close() {}
    }

    @Override
    public void run(byte[] input) throws IOException {
        scan(input);
        scan(withChecksums(input));
        byte[] torn = Arrays.copyOf(sound, sound.length + input.length);
        System.arraycopy(input, 0, torn, sound.length, input.length);
        Require.that(scan(torn) >= SOUND_RECORDS, () -> "records before the damage were lost");
    }

    /** How many records there are. */
    private static int scan(byte[] bytes) throws IOException {
        List<Frame> frames = new ArrayList<>();
        List<byte[]> payloads = new ArrayList<>();
        FrameScan scan = FrameScan.of(new ReadOnlyFile(bytes), 1, (frame, payload) -> {
            frames.add(frame);
            payloads.add(payload);
        });
        Require.that(scan.soundBytes() <= bytes.length, () -> "more is sound than there is");
        long at = 0;
        long position = 1;
        for (int index = 0; index < frames.size(); index++) {
            Frame frame = frames.get(index);
            Require.equal(frame.firstPosition(), position, "the position of record " + index);
            Require.equal(payloads.get(index).length, frame.payloadLength(), "the size of record " + index);
            position = frame.nextPosition();
            at += frame.sizeBytes();
            walk(frame, payloads.get(index));
        }
        Require.equal(scan.soundBytes(), at, "what is sound");
        Require.equal(scan.nextPosition(), position, "the next position");
        return frames.size();
    }

    private static void walk(Frame frame, byte[] payload) {
        EventCursor cursor = new EventRows(payload, 0, payload.length, frame.count(), frame.isMixed()).cursor();
        int walked = 0;
        try {
            while (cursor.next()) {
                walked += cursor.rowLength();
                int end = walked;
                Require.that(end <= payload.length, () -> "a row ends behind its block");
                Require.that(cursor.properties().length() <= payload.length, () -> "a text is longer than its block");
            }
        } catch (IllegalStateException cutShort) {
            return; // what the cursor says of bytes that are no rows
        }
    }

    private static byte[] withChecksums(byte[] input) {
        byte[] bytes = input.clone();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + Frame.HEADER_BYTES <= bytes.length && Frame.isAt(buffer, at)) {
            Frame frame = Frame.read(buffer, at);
            if (frame.payloadLength() < 0 || frame.sizeBytes() > bytes.length - at) {
                return bytes;
            }
            CRC32C crc = frame.startChecksum();
            crc.update(bytes, at + Frame.HEADER_BYTES, frame.payloadLength());
            frame.withChecksum(crc).put(buffer.position(at));
            at += (int) frame.sizeBytes();
        }
        return bytes;
    }

    private static byte[] soundFile() {
        ByteBuffer file = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        for (int record = 1; record <= SOUND_RECORDS; record++) {
            byte[] payload = new byte[record * 7];
            Arrays.fill(payload, (byte) record);
            Frame frame = Frame.of(payload.length, 1, record, record - 1L, false);
            CRC32C crc = frame.startChecksum();
            crc.update(payload);
            frame.withChecksum(crc).put(file);
            file.put(payload);
        }
        return Arrays.copyOf(file.array(), file.position());
    }
}
