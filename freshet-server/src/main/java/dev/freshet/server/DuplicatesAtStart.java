package dev.freshet.server;

import dev.freshet.duplicates.DuplicateIndex;
import dev.freshet.duplicates.DuplicatesException;
import dev.freshet.duplicates.DuplicatesException.Code;
import dev.freshet.duplicates.DuplicatesOptions;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.RowKind;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogReader;
import dev.freshet.eventlog.LogRetention;
import dev.freshet.eventstore.RecentEventIds;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the index of event ids up to date at start. Its own files and what the log has past them are all it needs, but where
 * there are no files yet, or damaged ones, or ones that do not fit the log: then the last day is read from the store, once.
 */
final class DuplicatesAtStart {
    private static final Logger log = LoggerFactory.getLogger(DuplicatesAtStart.class);

    private DuplicatesAtStart() {}

    /**
     * @param lastDay gives every event that the store received in the last 24 hours
     * @param storedPosition what the store has on its disk; the log has all after it
     * @param rebuildable moves with the index
     */
    static DuplicateIndex open(
            DuplicatesOptions options,
            Consumer<RecentEventIds.IdConsumer> lastDay,
            EventLog eventLog,
            long storedPosition,
            long nowMs,
            LogRetention.Frontier rebuildable)
            throws InterruptedException {
        DuplicateIndex index = openFitting(options, eventLog, rebuildable);
        try {
            if (!index.isFilled()) {
                fill(index, lastDay, eventLog, storedPosition, nowMs);
            }
            replay(index, eventLog, nowMs);
            rebuildable.advanceTo(index.flushedPosition());
            return index;
        } catch (InterruptedException | RuntimeException failure) {
            index.close();
            throw failure;
        }
    }

    private static DuplicateIndex openFitting(
            DuplicatesOptions options, EventLog eventLog, LogRetention.Frontier rebuildable) {
        DuplicateIndex index;
        try {
            index = DuplicateIndex.open(options, rebuildable::advanceTo);
        } catch (DuplicatesException failure) {
            if (failure.code() != Code.CORRUPT) {
                throw failure;
            }
            log.warn("the index of event ids is damaged and is made anew from the store", failure);
            return DuplicateIndex.open(options, rebuildable::advanceTo);
        }
        long flushed = index.flushedPosition();
        if (index.isFilled() && (flushed > eventLog.durablePosition() || flushed + 1 < eventLog.oldestPosition())) {
            log.warn(
                    "the index of event ids does not fit the event log and is made anew from the store"
                            + " [flushed={}, oldest={}, durable={}]",
                    flushed,
                    eventLog.oldestPosition(),
                    eventLog.durablePosition());
            index.close();
            DuplicateIndex.discard(options);
            return DuplicateIndex.open(options, rebuildable::advanceTo);
        }
        return index;
    }

    private static void fill(
            DuplicateIndex index,
            Consumer<RecentEventIds.IdConsumer> lastDay,
            EventLog eventLog,
            long storedPosition,
            long nowMs)
            throws InterruptedException {
        long beganNs = System.nanoTime();
        lastDay.accept((teamId, high, low, receivedAtMs) -> index.remember(teamId, high, low, receivedAtMs, nowMs));
        rememberChanges(index, eventLog, storedPosition, nowMs);
        index.filled(storedPosition);
        log.info(
                "filled the index of event ids from the store [ids={}, tookMs={}]",
                index.size(),
                Duration.ofNanos(System.nanoTime() - beganNs).toMillis());
    }

    /** The ids of changes of profiles, which are not among the store's events: as far back as the log goes. */
    private static void rememberChanges(DuplicateIndex index, EventLog eventLog, long storedPosition, long nowMs)
            throws InterruptedException {
        if (eventLog.oldestPosition() > Math.min(storedPosition, eventLog.durablePosition())) {
            return;
        }
        try (EventLogReader reader = eventLog.readFrom(eventLog.oldestPosition())) {
            while (reader.position() <= storedPosition) {
                Optional<EventRows> rows = reader.next(Duration.ZERO);
                if (rows.isEmpty()) {
                    return;
                }
                remember(index, rows.get(), kind -> kind == RowKind.PROFILE_CHANGE, nowMs);
            }
        }
    }

    private static void replay(DuplicateIndex index, EventLog eventLog, long nowMs) throws InterruptedException {
        if (eventLog.durablePosition() <= index.flushedPosition()) {
            return;
        }
        try (EventLogReader reader = eventLog.readFrom(index.flushedPosition() + 1)) {
            for (Optional<EventRows> rows = reader.next(Duration.ZERO);
                    rows.isPresent();
                    rows = reader.next(Duration.ZERO)) {
                remember(index, rows.get(), RowKind::hasId, nowMs);
                index.remembered(reader.position() - 1);
            }
        }
    }

    private static void remember(DuplicateIndex index, EventRows rows, Predicate<RowKind> wanted, long nowMs) {
        EventCursor cursor = rows.cursor();
        while (cursor.next()) {
            if (wanted.test(cursor.kind())) {
                index.remember(
                        cursor.teamId(), cursor.eventIdHigh(), cursor.eventIdLow(), cursor.receivedAtMs(), nowMs);
            }
        }
    }
}
