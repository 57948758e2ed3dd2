package dev.freshet.eventstore;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.RowKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A cut and its inserts, one for each UTC day that it touches: more than 100 days in one insert would be refused for ever, and a
 * token counts once for each partition. Dead letters and canaries are inserts of their own; what the log says about people is passed over.
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
        int rows = 0;
        boolean hasOnlyEvents = true;
        Set<Long> days = new HashSet<>();
        for (EventRows block : blocks) {
            EventCursor cursor = block.cursor();
            while (cursor.next()) {
                days.add(day(cursor));
                hasOnlyEvents &= cursor.isEvent();
                if (++rows > mostEvents || days.size() > mostDays) {
                    return of(identity, new Cut(first, last), blocks);
                }
                last = cursor.logPosition();
            }
        }
        Cut cut = new Cut(first, last);
        if (days.size() > 1 || !hasOnlyEvents) {
            return of(identity, cut, blocks);
        }
        Part part = new Part(RowKind.EVENT, days.iterator().next());
        return new PlannedCut(cut, List.of(new DayBatch(part.kind(), part.token(identity, cut), blocks, rows)));
    }

    /** The inserts of a cut that is recorded; the blocks may reach past it on both sides. */
    static PlannedCut of(String identity, Cut cut, List<EventRows> blocks) {
        Map<Part, EventRowsBuilder> parts = new TreeMap<>();
        for (EventRows block : blocks) {
            EventCursor cursor = block.cursor();
            while (cursor.next()) {
                boolean isOfCut = cursor.logPosition() >= cut.first() && cursor.logPosition() <= cut.last();
                RowKind kind = cursor.kind();
                if (isOfCut && kind != RowKind.PROFILE_CHANGE) {
                    parts.computeIfAbsent(new Part(kind, day(cursor)), part -> new EventRowsBuilder(4096))
                            .copyRow(cursor);
                }
            }
        }
        List<DayBatch> batches = new ArrayList<>();
        parts.forEach((part, rows) ->
                batches.add(new DayBatch(part.kind(), part.token(identity, cut), List.of(rows.build()), rows.count())));
        return new PlannedCut(cut, batches);
    }

    private static long day(EventCursor cursor) {
        return Math.floorDiv(cursor.timestampMs(), DAY_MS);
    }

    /** What goes into one insert. */
    private record Part(RowKind kind, long day) implements Comparable<Part> {
        private static final Comparator<Part> ORDER =
                Comparator.comparing(Part::kind).thenComparingLong(Part::day);

        /** Tells the kind too: whoever has done the events of a day has not done its dead letters. */
        String token(String identity, Cut cut) {
            String token = identity + "-" + cut.first() + "-" + cut.last() + "-" + day;
            return switch (kind) {
                case EVENT -> token;
                case DEAD_LETTER -> token + "-rejected";
                case CANARY -> token + "-canary";
                case PROFILE_CHANGE -> throw new IllegalArgumentException("profile changes are not inserted");
            };
        }

        @Override
        public int compareTo(Part other) {
            return ORDER.compare(this, other);
        }
    }
}
