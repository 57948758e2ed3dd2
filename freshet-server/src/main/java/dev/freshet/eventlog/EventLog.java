package dev.freshet.eventlog;

import dev.freshet.eventlog.EventLogException.Code;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The events in the order in which they were taken, in append-only files. Each event has a log position: 1 for the first
 * ever, one more for each, never used twice; 0 stands before all. After damage was set aside there may be a gap.
 *
 * <p>The handle is split by right: the one {@link #writer}, confined to its thread, appends and syncs; any number of
 * {@link #readFrom readers} see what is durable; the owner of this object trims and closes. A log whose write or sync
 * failed takes nothing more until it is opened again, since nobody knows what is on the disk; readers go on. All methods
 * here are thread-safe.
 */
public final class EventLog implements AutoCloseable {
    private final EventLogOptions options;
    private final Closeable lock;
    private final ConcurrentSkipListMap<Long, Segment> segments;
    private final DurableEnd durable;
    private final EventLogWriter writer;

    private EventLog(EventLogOptions options, Closeable lock) throws IOException {
        this.options = options;
        this.lock = lock;
        EventLogRecovery recovery = new EventLogRecovery(options);
        recovery.run();
        segments = recovery.segments();
        durable = new DurableEnd(recovery.nextPosition() - 1);
        writer = new EventLogWriter(options, segments, durable, recovery.nextPosition());
    }

    /**
     * Opens or creates the log of a folder: takes its lock, reads all segments, cuts a torn tail.
     *
     * @throws EventLogException LOCKED, CORRUPT or INPUT_OUTPUT
     */
    public static EventLog open(EventLogOptions options) {
        LogFiles files = options.files();
        Path folder = options.folder();
        try {
            files.createFolder(folder);
            Optional<Closeable> lock = files.tryLock(folder.resolve("lock"));
            if (lock.isEmpty()) {
                throw new EventLogException(
                        Code.LOCKED,
                        "The event log in " + folder + " is in use by another process. Stop that one, or choose another"
                                + " data folder.");
            }
            try {
                return new EventLog(options, lock.get());
            } catch (IOException | RuntimeException failure) {
                closeAfter(failure, lock.get());
                throw failure;
            }
        } catch (IOException failure) {
            throw new EventLogException(
                    Code.INPUT_OUTPUT, "The event log in " + folder + " cannot be opened: " + failure, failure);
        }
    }

    private static void closeAfter(Exception failure, Closeable resource) {
        try {
            resource.close();
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    /** The one writer; always the same object. */
    public EventLogWriter writer() {
        return writer;
    }

    /**
     * A reader whose first row is the first at or after {@code position}; 0 and 1 both mean from the beginning.
     *
     * @throws EventLogException TRIMMED when that part of the log is gone
     */
    public EventLogReader readFrom(long position) {
        return new EventLogReader(options.files(), segments, durable, false, Math.max(position, 1));
    }

    /**
     * As {@link #readFrom}, but steps over the blocks that hold nothing but events, mostly without reading them. What it
     * gives may hold events too.
     */
    public EventLogReader readMixedFrom(long position) {
        return new EventLogReader(options.files(), segments, durable, true, Math.max(position, 1));
    }

    /** The position of the last event that is on the disk, 0 when there is none. */
    public long durablePosition() {
        return durable.position();
    }

    /** The position of the oldest event that can still be read; one past the last when there is none. */
    public long oldestPosition() {
        Map.Entry<Long, Segment> first = segments.firstEntry();
        return first == null ? durable.position() + 1 : first.getKey();
    }

    /** What all segments take on the disk. */
    public long sizeBytes() {
        long sum = 0;
        for (Segment segment : segments.values()) {
            sum += segment.sizeBytes();
        }
        return sum;
    }

    /** What the segments take that hold something past the position; a little more than what lies past it. */
    public long bytesPast(long position) {
        long sum = 0;
        for (Segment segment : segments.values()) {
            if (segment.lastPosition() > position) {
                sum += segment.sizeBytes();
            }
        }
        return sum;
    }

    /** Bytes that the log's disk has left for it, those kept free included. */
    public long usableBytes() {
        try {
            return options.files().usableBytes(options.folder());
        } catch (IOException failure) {
            throw new EventLogException(
                    Code.INPUT_OUTPUT, "The free space of the event log's disk cannot be told: " + failure, failure);
        }
    }

    /** Bytes that the log leaves free on its disk. */
    public long reserveBytes() {
        return options.reserveBytes();
    }

    /** The limit that {@link #sizeBytes} stays under. */
    public long limitBytes() {
        return options.limitBytes();
    }

    /** Why nothing can be appended until the log is opened again; empty while all is well. */
    public Optional<EventLogException> failure() {
        return writer.failure();
    }

    /**
     * Removes the segments that hold nothing past {@code position}, oldest first; the newest segment always stays.
     *
     * @throws EventLogException INPUT_OUTPUT when a file cannot be removed; trimming again later is safe
     */
    public synchronized void trimTo(long position) {
        long bound = Math.min(position, durable.position());
        try {
            while (segments.size() > 1) {
                Segment oldest = segments.firstEntry().getValue();
                if (oldest.lastPosition() > bound) {
                    return;
                }
                segments.remove(oldest.firstPosition());
                options.files().delete(oldest.file());
                // One by one, so that a crash cannot bring back an older segment without the one that followed it.
                options.files().syncFolder(options.folder());
            }
        } catch (IOException failure) {
            throw new EventLogException(Code.INPUT_OUTPUT, "The event log cannot be trimmed: " + failure, failure);
        }
    }

    /**
     * Syncs what was appended, wakes and ends the readers, releases the folder. The writer must no longer be in use.
     *
     * @throws EventLogException FAILED when the last sync failed; the folder is released all the same
     */
    @Override
    public synchronized void close() {
        if (durable.isClosed()) {
            return;
        }
        Closeable end = durable::close;
        try (lock;
                end) {
            writer.close();
        } catch (IOException failure) {
            throw new EventLogException(
                    Code.INPUT_OUTPUT, "The lock of the event log cannot be released: " + failure, failure);
        }
    }
}
