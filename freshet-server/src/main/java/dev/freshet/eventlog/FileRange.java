package dev.freshet.eventlog;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies a range of bytes between files, or onto itself. */
final class FileRange {
    private static final int COPY_BYTES = 1024 * 1024;

    private FileRange() {}

    /**
     * Copies the bytes of {@code from} between two offsets to the same place in {@code to}.
     *
     * <p>Onto the same file this makes a later sync really write them: after a failed sync the kernel may take its pages
     * for clean although they never reached the disk.
     */
    static void copy(LogFile from, LogFile to, long start, long end) throws IOException {
        if (start >= end) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(COPY_BYTES, end - start));
        for (long at = start; at < end; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            int count = from.read(buffer, at);
            if (count <= 0) {
                throw new IOException("the file ends before offset " + end);
            }
            to.write(buffer.flip(), at);
            at += count;
        }
    }
}
