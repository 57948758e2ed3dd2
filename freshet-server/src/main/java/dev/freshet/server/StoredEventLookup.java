package dev.freshet.server;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogReader;
import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import dev.freshet.ingest.DuplicateFilter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Looks events up by id in the store and in the log. Blocks. */
final class StoredEventLookup {
    private static final long POSITIONS_A_QUERY = 1_000_000;

    private final EventStore store;

    StoredEventLookup(EventStore store) {
        this.store = store;
    }

    /** Which of these a team has already, among events of these times. */
    Set<UUID> among(String teamId, List<UUID> ids, long fromMs, long toMs) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        RowBinaryReader rows = store.query(StoreQuery.of("""
                        SELECT event_id FROM events
                        WHERE team_id = {team:String}
                          AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
                          AND timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
                          AND event_id IN {ids:Array(UUID)}""")
                .bind("team", teamId)
                .bind("from", fromMs)
                .bind("to", toMs)
                .bind("ids", ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(",", "[", "]"))));
        Set<UUID> found = new HashSet<>();
        while (rows.hasNext()) {
            found.add(rows.uuid());
        }
        return found;
    }

    /**
     * Tells a filter of all events that came since {@code sinceMs}: from the store up to what it held at this moment, then from the
     * log, which holds all that the store may lack.
     *
     * @param storedPosition what the log has certainly not forgotten begins after it
     */
    void teach(DuplicateFilter filter, EventLog log, long storedPosition, long sinceMs, long nowMs)
            throws InterruptedException {
        teachFromStore(filter, sinceMs, nowMs);
        teachFromLog(filter, log, storedPosition, nowMs);
    }

    private void teachFromStore(DuplicateFilter filter, long sinceMs, long nowMs) {
        RowBinaryReader bounds = store.query(StoreQuery.of("""
                        SELECT min(log_position), max(log_position) FROM events
                        WHERE received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')""").bind("since", sinceMs));
        long first = bounds.int64();
        long last = bounds.int64();
        for (long from = first; from <= last && last > 0; from += POSITIONS_A_QUERY) {
            RowBinaryReader rows = store.query(StoreQuery.of("""
                            SELECT team_id, event_id, received_at FROM events
                            WHERE log_position >= {from:UInt64} AND log_position < {to:UInt64}
                              AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')""")
                    .bind("from", from)
                    .bind("to", from + POSITIONS_A_QUERY)
                    .bind("since", sinceMs));
            while (rows.hasNext()) {
                String team = rows.string();
                UUID id = rows.uuid();
                filter.remember(team, id.getMostSignificantBits(), id.getLeastSignificantBits(), rows.int64(), nowMs);
            }
        }
    }

    private static void teachFromLog(DuplicateFilter filter, EventLog log, long storedPosition, long nowMs)
            throws InterruptedException {
        long durable = log.durablePosition();
        if (durable <= storedPosition) {
            return;
        }
        try (EventLogReader reader = log.readFrom(storedPosition + 1)) {
            Optional<EventRows> rows = reader.next(Duration.ZERO);
            while (rows.isPresent()) {
                filter.rememberAll(rows.get(), nowMs);
                rows = reader.next(Duration.ZERO);
            }
        }
    }
}
