package dev.freshet.metric;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;

/** One key of a breakdown, its events and its distinct users. */
public record BreakdownRow(String key, long count, long uniqueUsers) {
    /** By count descending, then by key in the order of its UTF-8 bytes, which is how ClickHouse orders strings. */
    public static final Comparator<BreakdownRow> ORDER = Comparator.comparingLong(BreakdownRow::count)
            .reversed()
            .thenComparing(BreakdownRow::key, BreakdownRow::compareUtf8);

    private static int compareUtf8(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    Map<String, Object> toPlain() {
        return Map.of("key", key, "count", (double) count, "uniqueUsers", (double) uniqueUsers);
    }
}
