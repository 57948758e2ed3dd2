package dev.freshet.eventlog;

import dev.freshet.eventlog.EventLogException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the segments of a folder, reads every byte of them once (about a second a GB), cuts a torn tail and answers what
 * is sound. What remains is synced before anybody is told that it is durable.
 */
final class EventLogRecovery {
    private static final Logger LOGGER = LoggerFactory.getLogger(EventLogRecovery.class);

    private final EventLogOptions options;
    private final LogFiles files;
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private long nextPosition = 1;

    EventLogRecovery(EventLogOptions options) {
        this.options = options;
        this.files = options.files();
    }

    /** The sound segments by their first position; complete after {@link #run}. */
    ConcurrentSkipListMap<Long, Segment> segments() {
        return segments;
    }

    /** The position of the next event to be appended. */
    long nextPosition() {
        return nextPosition;
    }

    void run() throws IOException {
        List<Long> firstPositions = files.list(options.folder()).stream()
                .map(Segment::firstPositionOf)
                .filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong)
                .sorted()
                .toList();
        for (int index = 0; index < firstPositions.size(); index++) {
            long firstPosition = firstPositions.get(index);
            requireNoGap(firstPosition, index);
            nextPosition = Math.max(nextPosition, firstPosition);
            recover(new Segment(options.folder(), firstPosition), index == firstPositions.size() - 1);
        }
        files.syncFolder(options.folder());
    }

    private void requireNoGap(long firstPosition, int index) {
        boolean isGap = index > 0 && firstPosition > nextPosition;
        boolean isOverlap = firstPosition < nextPosition && index > 0;
        if (isOverlap || (isGap && options.onDamage() == EventLogOptions.OnDamage.REFUSE)) {
            throw new EventLogException(
                    Code.CORRUPT,
                    "The event log in " + options.folder() + " lacks the positions from " + nextPosition + " to before "
                            + firstPosition + ": a segment is missing or cut. Put it back, or start once with"
                            + " FRESHET_LOG_DAMAGE=set-aside to go on without those events.");
        }
    }

    private void recover(Segment segment, boolean isLast) throws IOException {
        try (LogFile file = files.open(segment.file())) {
            FrameScan scan = FrameScan.of(file, segment.firstPosition(), (frame, payload) -> {});
            boolean hasFault = scan.soundBytes() < scan.sizeBytes();
            if (hasFault && (scan.isDamaged() || !isLast)) {
                setAside(segment, file, scan);
            } else {
                if (hasFault) {
                    LOGGER.warn(
                            "cut the torn tail of the event log [segment={}, offset={}, bytes={}]",
                            segment.file(),
                            scan.soundBytes(),
                            scan.sizeBytes() - scan.soundBytes());
                    file.truncate(scan.soundBytes());
                }
                if (isLast) {
                    FileRange.copy(file, file, scan.syncedBytes(), scan.soundBytes());
                    file.sync();
                }
                nextPosition = scan.nextPosition();
                add(segment, scan);
            }
        }
    }

    private void add(Segment segment, FrameScan scan) {
        segment.appended(scan.nextPosition() - 1, scan.soundBytes());
        segment.synced();
        segments.put(segment.firstPosition(), segment);
    }

    /** Keeps the damaged file under another name and goes on with its sound beginning, if the options say so. */
    private void setAside(Segment segment, LogFile file, FrameScan scan) throws IOException {
        String place = segment.file() + " at offset " + scan.soundBytes() + " (position " + scan.nextPosition() + ")";
        if (options.onDamage() == EventLogOptions.OnDamage.REFUSE) {
            throw new EventLogException(
                    Code.CORRUPT,
                    "The event log is damaged in " + place + ". Restore the file from a copy, or start once with"
                            + " FRESHET_LOG_DAMAGE=set-aside to go on without the events behind that place in this file.");
        }
        Path damaged = segment.file().resolveSibling(segment.file().getFileName() + ".damaged");
        Path sound = segment.file().resolveSibling(segment.file().getFileName() + ".sound");
        try (LogFile copy = files.open(sound)) {
            copy.truncate(0);
            FileRange.copy(file, copy, 0, scan.soundBytes());
            copy.sync();
        }
        files.rename(segment.file(), damaged);
        files.rename(sound, segment.file());
        LOGGER.error("set aside a damaged segment of the event log [place={}, kept={}]", place, damaged);
        nextPosition = Math.max(scan.nextPosition(), scan.positionBehindDamage() + 1);
        add(segment, scan);
    }
}
