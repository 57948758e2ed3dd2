package dev.freshet.eventlog;

import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of the log, named by its first position. The writer's thread advances the numbers, any thread reads them.
 */
final class Segment {
    private static final Pattern NAME = Pattern.compile("(\\d{20})\\.events");

    private final long firstPosition;
    private final Path file;
    private volatile long lastPosition;
    private volatile long sizeBytes;
    private volatile long durableBytes;

    Segment(Path folder, long firstPosition) {
        this.firstPosition = firstPosition;
        this.file = folder.resolve(String.format(Locale.ROOT, "%020d.events", firstPosition));
        this.lastPosition = firstPosition - 1;
    }

    /** The first position that a file's name gives; empty when it is no segment. */
    static OptionalLong firstPositionOf(String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    long firstPosition() {
        return firstPosition;
    }

    Path file() {
        return file;
    }

    /** The last position that was appended, {@code firstPosition - 1} when empty; not necessarily durable. */
    long lastPosition() {
        return lastPosition;
    }

    /** Bytes appended, written to the file or still in the writer's buffer. */
    long sizeBytes() {
        return sizeBytes;
    }

    /** Up to where readers may look. */
    long durableBytes() {
        return durableBytes;
    }

    void appended(long newLastPosition, long newSizeBytes) {
        lastPosition = newLastPosition;
        sizeBytes = newSizeBytes;
    }

    void synced() {
        durableBytes = sizeBytes;
    }
}
