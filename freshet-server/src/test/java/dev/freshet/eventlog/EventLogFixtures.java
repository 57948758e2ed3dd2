package dev.freshet.eventlog;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Events that are told apart by a serial number, and the way to read a log as a whole. */
final class EventLogFixtures {
    private EventLogFixtures() {}

    /** What a test looks at of one row. */
    record Row(long position, long serial, long receivedAtMs) {}

    /** {@code count} events with the serial numbers from {@code firstSerial} on, as their event ids and names. */
    static EventRows events(long firstSerial, int count) {
        EventRowsBuilder builder = new EventRowsBuilder(0);
        for (long serial = firstSerial; serial < firstSerial + count; serial++) {
            builder.row(1_000 + serial, 7, serial, EventType.PAGE_VIEW);
            builder.text("team").text("/page/" + serial).text("user").text("").text("{}");
        }
        return builder.build();
    }

    static List<Row> rowsOf(EventRows block) {
        List<Row> rows = new ArrayList<>();
        EventCursor cursor = block.cursor();
        while (cursor.next()) {
            if (!cursor.name().equals("/page/" + cursor.eventIdLow())) {
                throw new AssertionError("a row was mangled: " + cursor.name());
            }
            rows.add(new Row(cursor.logPosition(), cursor.eventIdLow(), cursor.receivedAtMs()));
        }
        return rows;
    }

    /** All that is durable from a position on. */
    static List<Row> readAll(EventLog log, long position) throws InterruptedException {
        List<Row> rows = new ArrayList<>();
        try (EventLogReader reader = log.readFrom(position)) {
            while (true) {
                Optional<EventRows> block = reader.next(Duration.ZERO);
                if (block.isEmpty()) {
                    return rows;
                }
                rows.addAll(rowsOf(block.get()));
            }
        }
    }
}
