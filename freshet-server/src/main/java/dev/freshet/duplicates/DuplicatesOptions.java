package dev.freshet.duplicates;

import dev.freshet.eventlog.LogFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How an index is kept.
 *
 * @param files the file system
 * @param folder its own folder
 * @param diskBytes the disk allowed; full, nothing new is taken until ids expire
 * @param memoryBytes the memory allowed for tables, directories and filters
 * @param tableSlots slots of the table of the newest ids, a power of two up to 2 million, 24 bytes each; there are two
 * @param slice runs are merged until there is one for each span of this length; what has expired goes by whole runs, so up
 *     to one span of expired ids is kept
 * @param flushAge ids wait no longer than this for a run, if there is traffic
 * @param mergeBytesASecond how fast merges may write
 */
public record DuplicatesOptions(
        LogFiles files,
        Path folder,
        long diskBytes,
        long memoryBytes,
        int tableSlots,
        Duration slice,
        Duration flushAge,
        long mergeBytesASecond) {
    /** How long an id is known. */
    public static final Duration WINDOW = Duration.ofHours(24);

    /** An event's own time is close to now when it lies at most this far ahead; see {@link DuplicateFilter#offer}. */
    static final Duration AHEAD = Duration.ofMinutes(5);

    /** And at most this long ago. */
    static final Duration CLOSE = Duration.ofMinutes(15);

    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    public DuplicatesOptions {
        Objects.requireNonNull(files, "files");
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(slice, "slice");
        Objects.requireNonNull(flushAge, "flushAge");
        if (Integer.bitCount(tableSlots) != 1 || !TableOrder.canHold(tableSlots)) {
            throw new IllegalArgumentException("tableSlots must be a power of two up to 2 million");
        }
    }

    /** 12 GiB of disk, 256 MiB of memory, spans of an hour: what 12,000 events/s need. */
    public static DuplicatesOptions in(Path folder) {
        return new DuplicatesOptions(
                LogFiles.disk(),
                folder,
                12 * GIB,
                256 * MIB,
                1 << 21,
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                32 * MIB);
    }

    public DuplicatesOptions withFiles(LogFiles other) {
        return new DuplicatesOptions(
                other, folder, diskBytes, memoryBytes, tableSlots, slice, flushAge, mergeBytesASecond);
    }

    public DuplicatesOptions withLimits(long ofDisk, long ofMemory) {
        return new DuplicatesOptions(files, folder, ofDisk, ofMemory, tableSlots, slice, flushAge, mergeBytesASecond);
    }

    public DuplicatesOptions withTableSlots(int slots) {
        return new DuplicatesOptions(files, folder, diskBytes, memoryBytes, slots, slice, flushAge, mergeBytesASecond);
    }

    public DuplicatesOptions withMergeBytesASecond(long bytes) {
        return new DuplicatesOptions(files, folder, diskBytes, memoryBytes, tableSlots, slice, flushAge, bytes);
    }

    /** The disk that one span may take for all spans of a day to fit, those that just begin and end included. */
    long sliceBytes() {
        return diskBytes / (WINDOW.dividedBy(slice) + 2);
    }
}
