package dev.freshet.eventlog;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLogException.Code;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows the durable end of the log, block by block as they were appended, large ones in pieces. Confined to one thread at a time; each reader
 * has its own place and its own files, so that readers neither wait for each other nor for the writer. A segment that is
 * being read may be trimmed meanwhile; the reader finishes it.
 */
public final class EventLogReader implements AutoCloseable {
    private final LogFiles files;
    private final ConcurrentSkipListMap<Long, Segment> segments;
    private final DurableEnd durable;
    private final boolean isForMixedOnly;
    private long position;
    private @Nullable Segment segment;
    private @Nullable LogFile file;
    private @Nullable FrameReader frames;

    EventLogReader(
            LogFiles files,
            ConcurrentSkipListMap<Long, Segment> segments,
            DurableEnd durable,
            boolean isForMixedOnly,
            long position) {
        this.files = files;
        this.segments = segments;
        this.durable = durable;
        this.isForMixedOnly = isForMixedOnly;
        this.position = position;
        requireKept();
    }

    /** The position of the next row that {@link #next} will give, or a lower one where the log has a gap. */
    public long position() {
        return position;
    }

    /**
     * The next durable block, its rows stamped; empty when none became durable within {@code wait}. The block is the
     * caller's own.
     *
     * @throws EventLogException TRIMMED when the owner trimmed past this reader; CORRUPT, INPUT_OUTPUT or CLOSED. The
     *     reader may be asked again, from the same position
     */
    public Optional<EventRows> next(Duration wait) throws InterruptedException {
        long deadlineNs = System.nanoTime() + wait.toNanos();
        while (durable.await(position, deadlineNs - System.nanoTime())) {
            if (durable.isClosed()) {
                throw new EventLogException(Code.CLOSED, "The event log is closed.");
            }
            try {
                Optional<EventRows> block = read();
                if (block.isPresent()) {
                    return block;
                }
            } catch (IOException failure) {
                throw new EventLogException(
                        Code.INPUT_OUTPUT,
                        "The event log cannot be read at position " + position + ": " + failure,
                        failure);
            }
        }
        return Optional.empty();
    }

    /** One block that holds {@link #position}, which is durable; empty after a step over a gap or an unwanted block. */
    private Optional<EventRows> read() throws IOException {
        Segment current = seek();
        FrameReader reader = frames;
        if (reader == null || position < current.firstPosition()) {
            position = Math.max(position, current.firstPosition());
            return Optional.empty();
        }
        while (true) {
            Frame frame = reader.peek(current.durableBytes()).orElseThrow(() -> damage(current, reader));
            if (frame.lastPosition() < position) {
                reader.skip(frame);
                continue;
            }
            if (isForMixedOnly && !frame.isMixed()) {
                reader.skip(frame);
                position = frame.nextPosition();
                return Optional.empty();
            }
            long at = reader.offset();
            byte[] payload = reader.take(frame).orElseThrow(() -> {
                close();
                return damage(current, at);
            });
            EventRows rows = new EventRows(payload, 0, payload.length, frame.count(), frame.isMixed());
            EventRows wanted = rows.skip(Math.toIntExact(Math.max(position - frame.firstPosition(), 0)));
            position = frame.nextPosition();
            return Optional.of(wanted);
        }
    }

    /** Opens the segment that holds {@link #position}, or the one behind the gap that it lies in. */
    private Segment seek() throws IOException {
        Segment current = segment;
        if (current != null && frames != null && position <= current.lastPosition()) {
            return current;
        }
        Map.Entry<Long, Segment> floor = segments.floorEntry(position);
        boolean isInFloor = floor != null && position <= floor.getValue().lastPosition();
        Map.Entry<Long, Segment> found = isInFloor ? floor : segments.higherEntry(position);
        if (floor == null || found == null) {
            requireKept();
            throw new EventLogException(Code.CORRUPT, "The event log has no segment for position " + position + ".");
        }
        open(found.getValue());
        return found.getValue();
    }

    private void open(Segment next) throws IOException {
        LogFile opened;
        try {
            opened = files.openForReading(next.file());
        } catch (NoSuchFileException trimmed) {
            requireKept();
            throw trimmed;
        }
        FrameReader predecessor = frames;
        close();
        segment = next;
        file = opened;
        frames = predecessor == null ? new FrameReader(opened) : new FrameReader(opened, predecessor);
    }

    private void requireKept() {
        Map.Entry<Long, Segment> oldest = segments.firstEntry();
        if (oldest != null && position < oldest.getKey()) {
            throw new EventLogException(
                    Code.TRIMMED,
                    "The event log begins at position " + oldest.getKey() + "; position " + position
                            + " was trimmed away.");
        }
    }

    private EventLogException damage(Segment damaged, FrameReader reader) {
        long offset = reader.offset();
        close();
        return damage(damaged, offset);
    }

    private EventLogException damage(Segment damaged, long offset) {
        return new EventLogException(
                Code.CORRUPT,
                "The event log is damaged in " + damaged.file() + " at offset " + offset + " (position " + position
                        + "). Restore the file from a copy, or start once with FRESHET_LOG_DAMAGE=set-aside.");
    }

    /** Gives the open file back; {@link #next} would open it again. */
    @Override
    public void close() {
        LogFile open = file;
        segment = null;
        file = null;
        frames = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException failure) {
                throw new EventLogException(
                        Code.INPUT_OUTPUT, "A file of the event log cannot be closed: " + failure, failure);
            }
        }
    }
}
