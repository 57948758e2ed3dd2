package dev.freshet.eventlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file of a {@link LogFiles}. Reads may run beside the one thread that writes. */
public interface LogFile extends Closeable {
    /** Reads at most what {@code target} takes; -1 at or past the end. */
    int read(ByteBuffer target, long offset) throws IOException;

    /** Writes all of {@code source} at {@code offset}, growing the file where needed. */
    void write(ByteBuffer source, long offset) throws IOException;

    /** Returns once the bytes and the size are on the disk (fdatasync). */
    void sync() throws IOException;

    void truncate(long sizeBytes) throws IOException;

    long sizeBytes() throws IOException;
}
