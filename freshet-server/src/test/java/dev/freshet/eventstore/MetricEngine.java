package dev.freshet.eventstore;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The real engine with a database of its own, for tests of metrics in other packages. */
public final class MetricEngine {
    private static final long DAY_MS = 86_400_000;

    private final EventStore store = EngineUnderTest.newStore();
    private long insertCount;

    public EventStore store() {
        return store;
    }

    /** Inserts rows, one insert for each UTC day. */
    public void insert(EventRows rows) {
        Map<Long, EventRowsBuilder> byDay = new TreeMap<>();
        EventCursor cursor = rows.cursor();
        while (cursor.next()) {
            byDay.computeIfAbsent(cursor.timestampMs() / DAY_MS, _ -> new EventRowsBuilder(256))
                    .copyRow(cursor);
        }
        byDay.values().forEach(day -> store.insertEvents(List.of(day.build()), "metric-engine-" + insertCount++));
    }
}
