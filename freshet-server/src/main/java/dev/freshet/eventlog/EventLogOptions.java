package dev.freshet.eventlog;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where the log lives and how much it may hold.
 *
 * @param folder holds the segments; created where missing, used by one log at a time
 * @param segmentBytes a segment is closed before it would grow past this; trimming frees whole segments, so smaller ones
 *     free sooner and cost a few file calls more
 * @param limitBytes appending is refused ({@link EventLogException.Code#FULL}) past this many bytes in all segments
 * @param reserveBytes appending is refused when the disk would have less than this left, so that the log never runs into a
 *     full disk by itself
 * @param onDamage what to do when bytes that were synced are found changed
 * @param files the file system
 */
public record EventLogOptions(
        Path folder, long segmentBytes, long limitBytes, long reserveBytes, OnDamage onDamage, LogFiles files) {
    private static final long MIB = 1024 * 1024;

    /** What opening does about damage, which is anything but a torn tail. */
    public enum OnDamage {
        /** Opening fails and names segment and offset. */
        REFUSE,
        /** The damaged segment is kept beside the log as {@code *.damaged}; the log goes on with what is sound. */
        SET_ASIDE
    }

    public EventLogOptions {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(onDamage, "onDamage");
        Objects.requireNonNull(files, "files");
        if (segmentBytes < 1 || segmentBytes > 1024 * MIB) {
            throw new IllegalArgumentException("segmentBytes must be between 1 and 1 GiB, was " + segmentBytes);
        }
        if (limitBytes < 1 || reserveBytes < 0) {
            throw new IllegalArgumentException("limitBytes must be positive and reserveBytes not negative");
        }
    }

    /** Segments of 64 MiB, up to 64 GiB of log, 256 MiB left free on the disk, damage refused. */
    public static EventLogOptions in(Path folder) {
        return new EventLogOptions(folder, 64 * MIB, 64 * 1024 * MIB, 256 * MIB, OnDamage.REFUSE, LogFiles.disk());
    }

    public EventLogOptions withSegmentBytes(long bytes) {
        return new EventLogOptions(folder, bytes, limitBytes, reserveBytes, onDamage, files);
    }

    public EventLogOptions withLimitBytes(long bytes) {
        return new EventLogOptions(folder, segmentBytes, bytes, reserveBytes, onDamage, files);
    }

    public EventLogOptions withReserveBytes(long bytes) {
        return new EventLogOptions(folder, segmentBytes, limitBytes, bytes, onDamage, files);
    }

    public EventLogOptions withOnDamage(OnDamage choice) {
        return new EventLogOptions(folder, segmentBytes, limitBytes, reserveBytes, choice, files);
    }

    public EventLogOptions withFiles(LogFiles fileSystem) {
        return new EventLogOptions(folder, segmentBytes, limitBytes, reserveBytes, onDamage, fileSystem);
    }
}
