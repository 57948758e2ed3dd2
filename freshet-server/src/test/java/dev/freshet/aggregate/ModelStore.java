package dev.freshet.aggregate;

import dev.freshet.event.EventType;
import dev.freshet.eventstore.EventStoreException;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Stands in for ClickHouse where no engine is needed: it knows the statements a computation starts with, by their
 * grouping, and answers them from a list of events. That the real engine answers them so is tested elsewhere.
 */
final class ModelStore implements Function<StoreQuery, RowBinaryReader> {
    private final Supplier<? extends Collection<TestEvent>> stored;
    boolean isAway;

    ModelStore(Supplier<? extends Collection<TestEvent>> stored) {
        this.stored = stored;
    }

    @Override
    public RowBinaryReader apply(StoreQuery query) {
        if (isAway) {
            throw new EventStoreException(0, "AWAY", "ClickHouse is away", new IllegalStateException("test"));
        }
        List<TestEvent> events =
                stored.get().stream().filter(event -> accepts(query, event)).toList();
        Rows rows = new Rows();
        String sql = query.sql();
        if (sql.contains("GROUP BY bucket, user_id")) {
            groups(events, event -> List.of(bucket(query, event), event.user()))
                    .forEach((group, _) -> rows.int64(group.getFirst()).string(group.getLast()));
        } else if (sql.contains("GROUP BY session_id")) {
            long until = number(query, "until");
            groups(events, event -> List.of(event.session(), Math.max(event.timestampMs(), until)))
                    .forEach((group, members) -> rows.int64(members.stream()
                                    .mapToLong(TestEvent::timestampMs)
                                    .max()
                                    .orElseThrow())
                            .string(group.getFirst()));
        } else if (sql.contains("GROUP BY bucket, name")) {
            groups(events, event -> List.of(bucket(query, event), event.name()))
                    .forEach((group, members) ->
                            rows.int64(group.getFirst()).string(group.getLast()).int64((long) members.size()));
        } else if (sql.contains("GROUP BY name, user_id")) {
            long last = number(query, "last");
            groups(events, event -> List.of(event.name(), event.user(), Math.max(bucket(query, event), last)))
                    .forEach((group, members) -> rows.int64(members.stream()
                                    .mapToLong(event -> bucket(query, event))
                                    .max()
                                    .orElseThrow())
                            .string(group.get(0))
                            .string(group.get(1))
                            .int64((long) members.size()));
        } else if (sql.endsWith("GROUP BY bucket") && query.parameters().containsKey("from")) {
            groups(events, event -> List.of(bucket(query, event)))
                    .forEach((group, members) -> rows.int64(group.getFirst()).int64((long) members.size()));
        } else {
            throw new AssertionError("the model does not know " + sql);
        }
        return rows.reader();
    }

    private static Map<List<Object>, List<TestEvent>> groups(
            List<TestEvent> events, Function<TestEvent, List<Object>> group) {
        return events.stream().collect(Collectors.groupingBy(group));
    }

    private static long bucket(StoreQuery query, TestEvent event) {
        return Math.floorDiv(event.timestampMs(), number(query, "interval"));
    }

    private static long number(StoreQuery query, String name) {
        return Long.parseLong(text(query, name));
    }

    private static String text(StoreQuery query, String name) {
        String value = query.parameters().get(name);
        if (value == null) {
            throw new AssertionError(name + " is not bound in " + query);
        }
        return value;
    }

    private static boolean accepts(StoreQuery query, TestEvent event) {
        Map<String, String> bound = query.parameters();
        long fromMs = number(query, "from");
        boolean isRollup = query.sql().contains("events_1");
        if (isRollup == bound.containsKey("position")) {
            throw new AssertionError("positions are for raw events only: " + query);
        }
        return event.team().equals(text(query, "team"))
                && (!bound.containsKey("type")
                        || event.type()
                                == EventType.ofWireName(text(query, "type")).orElseThrow())
                && (!bound.containsKey("names") || names(text(query, "names")).contains(event.name()))
                && !query.sql().contains("AND 0")
                && (!query.sql().contains("session_id !=") || !event.session().isEmpty())
                && event.timestampMs() >= fromMs
                && (!bound.containsKey("to") || event.timestampMs() < number(query, "to"))
                && (!bound.containsKey("position") || event.position() <= number(query, "position"));
    }

    private static List<String> names(String array) {
        return Arrays.stream(array.substring(1, array.length() - 1).split(",", -1))
                .map(quoted -> quoted.substring(1, quoted.length() - 1))
                .toList();
    }

    private static final class Rows {
        private final List<byte[]> parts = new ArrayList<>();

        Rows int64(Object value) {
            parts.add(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong((Long) value)
                    .array());
            return this;
        }

        Rows string(Object value) {
            byte[] utf8 = ((String) value).getBytes(StandardCharsets.UTF_8);
            if (utf8.length > 127) {
                throw new AssertionError("the model keeps to short texts");
            }
            parts.add(new byte[] {(byte) utf8.length});
            parts.add(utf8);
            return this;
        }

        RowBinaryReader reader() {
            ByteBuffer all = ByteBuffer.allocate(
                    parts.stream().mapToInt(part -> part.length).sum());
            parts.forEach(all::put);
            return new RowBinaryReader(all.flip());
        }
    }
}
