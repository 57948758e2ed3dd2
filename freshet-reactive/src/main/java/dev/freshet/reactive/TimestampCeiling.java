package dev.freshet.reactive;

import java.nio.file.Path;

/**
 * Remembers a timestamp that no commit has reached yet, so that timestamps never go back across restarts. The committer
 * moves it forward, by a margin and rarely, before it gives out timestamps past it. Called from the committer's thread.
 */
public interface TimestampCeiling {
    /** The stored ceiling, 0 if nothing was stored. Called once, before the first commit. */
    long read();

    /**
     * Stores a new ceiling durably; returns when it is safe.
     *
     * @throws java.io.UncheckedIOException when it cannot be stored; it is tried again later
     */
    void store(long ceilingNs);

    /** In a small file, replaced atomically and synced. Its folder must exist. */
    static TimestampCeiling inFile(Path file) {
        return new TimestampCeilingFile(file);
    }

    /** In memory only: timestamps are as good as the clock after a restart. */
    static TimestampCeiling inMemory() {
        return new TimestampCeiling() {
            private volatile long ceiling;

            @Override
            public long read() {
                return ceiling;
            }

            @Override
            public void store(long ceilingNs) {
                ceiling = ceilingNs;
            }
        };
    }
}
