package dev.freshet.eventstore;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A cut and its inserts, one for each UTC day that it touches: more than 100 days in one insert would be refused for ever, and a
 * token counts once for each partition.
 */
record PlannedCut(Cut cut, List<DayBatch> batches) {
    private static final long DAY_MS = 86_400_000;

    PlannedCut {
        batches = List.copyOf(batches);
    }

    /**
     * A new cut from the first of the blocks on, as long as the limits allow.
     *
     * @param blocks in the order of the log, not empty
     */
    static PlannedCut next(String identity, List<EventRows> blocks, int mostEvents, int mostDays) {
        long first = DayBatch.firstPosition(blocks.getFirst());
        long last = first;
        int events = 0;
        Set<Long> days = new HashSet<>();
        for (EventRows block : blocks) {
            EventCursor cursor = block.cursor();
            while (cursor.next()) {
                days.add(day(cursor));
                if (++events > mostEvents || days.size() > mostDays) {
                    return of(identity, new Cut(first, last), blocks);
                }
                last = cursor.logPosition();
            }
        }
        Cut cut = new Cut(first, last);
        return days.size() == 1
                ? new PlannedCut(
                        cut,
                        List.of(new DayBatch(
                                token(identity, cut, days.iterator().next()), blocks, events)))
                : of(identity, cut, blocks);
    }

    /** The inserts of a cut that is recorded; the blocks may reach past it on both sides. */
    static PlannedCut of(String identity, Cut cut, List<EventRows> blocks) {
        Map<Long, EventRowsBuilder> byDay = new TreeMap<>();
        for (EventRows block : blocks) {
            EventCursor cursor = block.cursor();
            while (cursor.next()) {
                if (cursor.logPosition() >= cut.first() && cursor.logPosition() <= cut.last()) {
                    byDay.computeIfAbsent(day(cursor), day -> new EventRowsBuilder(4096))
                            .copyRow(cursor);
                }
            }
        }
        List<DayBatch> batches = new ArrayList<>();
        byDay.forEach((day, rows) ->
                batches.add(new DayBatch(token(identity, cut, day), List.of(rows.build()), rows.count())));
        return new PlannedCut(cut, batches);
    }

    private static long day(EventCursor cursor) {
        return Math.floorDiv(cursor.timestampMs(), DAY_MS);
    }

    private static String token(String identity, Cut cut, long day) {
        return identity + "-" + cut.first() + "-" + cut.last() + "-" + day;
    }
}
