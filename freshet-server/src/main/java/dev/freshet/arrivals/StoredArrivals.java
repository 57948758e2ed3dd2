package dev.freshet.arrivals;

import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventType;
import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads from ClickHouse what the log no longer holds. Every method blocks while the engine works and fails with an
 * {@link dev.freshet.eventstore.EventStoreException}.
 */
public final class StoredArrivals {
    /**
     * The last events are looked for in ever longer spans of their own times, since a busy team has them in the first and
     * another has few in all. What is older than the longest is not looked for.
     */
    private static final List<Duration> SPANS =
            List.of(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(7));

    private final Function<StoreQuery, RowBinaryReader> store;

    public StoredArrivals(EventStore store) {
        this(store::query);
    }

    StoredArrivals(Function<StoreQuery, RowBinaryReader> query) {
        store = query;
    }

    /** The team's last events before a log position, newest first. */
    List<ArrivedEvent> eventsBefore(String teamId, long logPosition, int most) {
        List<ArrivedEvent> found = List.of();
        for (Duration span : SPANS) {
            found = eventsBefore(teamId, logPosition, most, span);
            if (found.size() == most) {
                break;
            }
        }
        return found;
    }

    private List<ArrivedEvent> eventsBefore(String teamId, long logPosition, int most, Duration span) {
        RowBinaryReader rows = store.apply(StoreQuery.of("""
                        SELECT log_position, event_id, event_type, name, user_id, session_id,
                            toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(received_at),
                            leftUTF8(properties, {characters:UInt64})
                        FROM events
                        WHERE team_id = {team:String} AND log_position < {before:UInt64}
                          AND timestamp >= now64(3) - toIntervalSecond({seconds:UInt64})
                        ORDER BY log_position DESC LIMIT {most:UInt64}
                        """)
                .bindText("team", teamId)
                .bind("before", logPosition)
                .bind("seconds", span.toSeconds())
                .bind("characters", ArrivedEvent.MOST_PROPERTIES + 1L)
                .bind("most", most));
        List<ArrivedEvent> events = new ArrayList<>();
        while (rows.hasNext()) {
            events.add(ArrivedEvent.of(
                    rows.int64(),
                    rows.uuid(),
                    EventType.ofCode(rows.int8()).wireName(),
                    rows.string(),
                    rows.string(),
                    rows.string(),
                    rows.int64(),
                    rows.int64(),
                    rows.string()));
        }
        return events;
    }

    /** The team's dead letters behind one place up to another, newest first. */
    List<KeptLetter> letters(String teamId, LetterPlace after, LetterPlace through, int most) {
        RowBinaryReader rows = store.apply(StoreQuery.of("""
                        SELECT toUnixTimestamp64Milli(received_at), log_position, dialect, code, message, body
                        FROM rejected_events
                        WHERE team_id = {team:String}
                          AND received_at <= fromUnixTimestamp64Milli({afterMs:Int64}, 'UTC')
                          AND received_at >= fromUnixTimestamp64Milli({throughMs:Int64}, 'UTC')
                          AND (toUnixTimestamp64Milli(received_at), log_position)
                            < ({afterMs:Int64}, {afterPosition:UInt64})
                          AND (toUnixTimestamp64Milli(received_at), log_position)
                            >= ({throughMs:Int64}, {throughPosition:UInt64})
                        ORDER BY received_at DESC, log_position DESC LIMIT {most:UInt64}
                        """)
                .bindText("team", teamId)
                .bind("afterMs", after.receivedAtMs())
                .bind("afterPosition", after.logPosition())
                .bind("throughMs", through.receivedAtMs())
                .bind("throughPosition", through.logPosition())
                .bind("most", most));
        List<KeptLetter> letters = new ArrayList<>();
        while (rows.hasNext()) {
            long receivedAtMs = rows.int64();
            LetterPlace place = new LetterPlace(receivedAtMs, rows.int64());
            letters.add(new KeptLetter(
                    new DeadLetter(teamId, receivedAtMs, rows.string(), rows.string(), rows.string(), rows.string()),
                    place));
        }
        return letters;
    }
}
