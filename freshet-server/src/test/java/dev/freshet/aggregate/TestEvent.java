package dev.freshet.aggregate;

import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import java.util.List;

/** One event of a test; the list of them is what the direct computation counts. */
record TestEvent(
        long position, long timestampMs, EventType type, String team, String name, String user, String session) {
    /** A block as the log holds it. */
    static EventRows rows(List<TestEvent> events, long receivedAtMs) {
        EventRowsBuilder builder = new EventRowsBuilder(256);
        for (TestEvent event : events) {
            builder.row(event.timestampMs, 7, event.position, event.type)
                    .text(event.team)
                    .text(event.name)
                    .text(event.user)
                    .text(event.session)
                    .text("{}");
        }
        EventRows rows = builder.build();
        rows.stamp(events.getFirst().position, receivedAtMs);
        return rows;
    }
}
