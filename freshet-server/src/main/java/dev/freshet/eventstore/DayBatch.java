package dev.freshet.eventstore;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.RowKind;
import java.util.List;

/**
 * Rows of one UTC day and one kind in the order of the log: one insert.
 *
 * @param kind EVENT, DEAD_LETTER or CANARY, which tells the table
 * @param token names exactly these rows, in this and every later process
 */
record DayBatch(RowKind kind, String token, List<EventRows> rows, int count) {
    DayBatch {
        rows = List.copyOf(rows);
    }

    /** The two halves, the same each time; each is named by this batch's name and its own positions. Needs two rows. */
    List<DayBatch> halves() {
        int half = count / 2;
        EventRowsBuilder first = new EventRowsBuilder(1024);
        EventRowsBuilder second = new EventRowsBuilder(1024);
        for (EventRows block : rows) {
            EventCursor cursor = block.cursor();
            while (cursor.next()) {
                (first.count() < half ? first : second).copyRow(cursor);
            }
        }
        return List.of(part(first), part(second));
    }

    private DayBatch part(EventRowsBuilder builder) {
        EventRows part = builder.build();
        return new DayBatch(kind, token + "/" + firstPosition(part) + "+" + part.count(), List.of(part), part.count());
    }

    static long firstPosition(EventRows rows) {
        EventCursor cursor = rows.cursor();
        if (!cursor.next()) {
            throw new IllegalArgumentException("a block without rows has no position");
        }
        return cursor.logPosition();
    }
}
