package dev.freshet.server;

import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Looks events up by id in the store. Blocks. */
final class StoredEventLookup {
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
}
