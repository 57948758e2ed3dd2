package dev.freshet.eventlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file system as the log uses it: few calls, each of which tests can make fail or forget. Names come and go
 * durably only through {@link #syncFolder}.
 */
public interface LogFiles {
    /** The machine's own file system. */
    static LogFiles disk() {
        return DiskLogFiles.INSTANCE;
    }

    void createFolder(Path folder) throws IOException;

    /** Names of the entries of a folder, in no order. */
    List<String> list(Path folder) throws IOException;

    /** Opens for reading and writing, creating the file where it is missing. */
    LogFile open(Path file) throws IOException;

    /** @throws java.nio.file.NoSuchFileException when there is none */
    LogFile openForReading(Path file) throws IOException;

    void delete(Path file) throws IOException;

    /** Replaces {@code to} in one step. */
    void rename(Path from, Path to) throws IOException;

    void syncFolder(Path folder) throws IOException;

    /** What this process may still write to the disk that holds the folder. */
    long usableBytes(Path folder) throws IOException;

    /** Holds the lock on a file until closed or the process ends; empty when somebody else holds it. */
    Optional<Closeable> tryLock(Path file) throws IOException;
}
