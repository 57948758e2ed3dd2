package dev.freshet.ingest;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.RowKind;

/**
 * Tells a repeat from a first by (team, event id), exactly, for 24 hours from the first receipt. Confined to the thread
 * that owns the order of the log; {@link #remember} may be called before that thread starts.
 */
public interface DuplicateFilter {
    /** What an event is. */
    enum Verdict {
        /** Not received in the last 24 hours; it counts as received from now on. */
        FIRST,
        REPEAT,
        /** It cannot be told within the memory allowed; nothing was changed. */
        NO_ROOM
    }

    /** A small number that stands for the team in the other calls, the same for as long as this object lives. */
    int teamNumber(String teamId);

    Verdict offer(int teamNumber, long eventIdHigh, long eventIdLow, long receivedAtMs);

    /** Takes back an {@link #offer} that was a FIRST, since the event was not taken after all. */
    void withdraw(int teamNumber, long eventIdHigh, long eventIdLow);

    /**
     * Learns at start of an event that was received earlier; events older than 24 hours are passed over, the order does
     * not matter.
     *
     * @throws IngestException UNAVAILABLE when the memory allowed is too small for what must be known
     */
    void remember(String teamId, long eventIdHigh, long eventIdLow, long receivedAtMs, long nowMs);

    /** Learns at start of all events of a block, as {@link #remember} does of one. */
    default void rememberAll(EventRows rows, long nowMs) {
        EventCursor cursor = rows.cursor();
        while (cursor.next()) {
            if (cursor.kind() == RowKind.DEAD_LETTER) {
                continue;
            }
            remember(cursor.teamId(), cursor.eventIdHigh(), cursor.eventIdLow(), cursor.receivedAtMs(), nowMs);
        }
    }

    /** How many ids are held, expired ones that were not yet removed included. */
    long size();

    /** What the ids take in memory. */
    long memoryBytes();
}
