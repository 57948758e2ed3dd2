package dev.freshet.metric;

import java.util.Arrays;
import java.util.Optional;

/** How long one bucket is. Buckets are aligned in UTC: each begins at a multiple of its length since the epoch. */
public enum Interval {
    SECOND(1_000L, "second"),
    MINUTE(60_000L, "minute"),
    HOUR(3_600_000L, "hour");

    private final long lengthMs;
    private final String wireName;

    Interval(long lengthMs, String wireName) {
        this.lengthMs = lengthMs;
        this.wireName = wireName;
    }

    public long lengthMs() {
        return lengthMs;
    }

    public String wireName() {
        return wireName;
    }

    /** The number of the bucket that holds a time, counted from the epoch. */
    public long bucketOf(long timeMs) {
        return Math.floorDiv(timeMs, lengthMs);
    }

    public static Optional<Interval> ofWireName(String wireName) {
        return Arrays.stream(values())
                .filter(interval -> interval.wireName.equals(wireName))
                .findFirst();
    }
}
