package dev.freshet.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to a metric at one moment; equal answers are equal values. */
public sealed interface MetricResult {
    /** The answer as clients receive it: maps, lists, strings, float64 numbers and booleans. */
    Map<String, @Nullable Object> toPlain();

    /** 0 where the denominator is 0. */
    static double ratio(long numerator, long denominator) {
        return denominator == 0 ? 0 : (double) numerator / denominator;
    }

    /**
     * A total and one value a bucket: count, uniqueUsers, ratio.
     *
     * <p>A class, not a record, since a record would compare the array by identity.
     */
    final class Series implements MetricResult {
        private final double total;
        private final TimeWindow window;
        private final double[] values;
        private final ResultQuality quality;

        /** @param values one a bucket of {@code window}, in order; the caller gives the array away */
        public Series(double total, TimeWindow window, double[] values, ResultQuality quality) {
            if (values.length != window.bucketCount()) {
                throw new IllegalArgumentException(values.length + " values for " + window);
            }
            this.total = total;
            this.window = window;
            this.values = values;
            this.quality = quality;
        }

        public double total() {
            return total;
        }

        public TimeWindow window() {
            return window;
        }

        public double value(int bucket) {
            return values[bucket];
        }

        public ResultQuality quality() {
            return quality;
        }

        @Override
        public Map<String, @Nullable Object> toPlain() {
            List<Map<String, Object>> points = new ArrayList<>(values.length);
            long startMs = window.fromMs();
            for (double value : values) {
                points.add(Map.of("t", (double) startMs, "value", value));
                startMs += window.interval().lengthMs();
            }
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            plain.put("total", total);
            plain.put("points", points);
            quality.addTo(plain);
            return plain;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Series series
                    && Double.compare(total, series.total) == 0
                    && window.equals(series.window)
                    && Arrays.equals(values, series.values)
                    && quality.equals(series.quality);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values) * 31 + window.hashCode();
        }

        @Override
        public String toString() {
            return "Series[total=" + total + ", window=" + window + ", values=" + Arrays.toString(values) + ", quality="
                    + quality + "]";
        }
    }

    /** How many sessions are active. */
    record Sessions(long total, ResultQuality quality) implements MetricResult {
        @Override
        public Map<String, @Nullable Object> toPlain() {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            plain.put("total", (double) total);
            quality.addTo(plain);
            return plain;
        }
    }

    /**
     * The most frequent keys of a breakdown.
     *
     * @param rows by count descending, then by key in the order of its UTF-8 bytes (the order of code points)
     * @param otherCount the events of all keys that have no row
     */
    record BreakdownRows(List<BreakdownRow> rows, long otherCount, ResultQuality quality) implements MetricResult {
        public BreakdownRows {
            rows = List.copyOf(rows);
        }

        @Override
        public Map<String, @Nullable Object> toPlain() {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            plain.put("rows", rows.stream().map(BreakdownRow::toPlain).toList());
            plain.put("otherCount", (double) otherCount);
            quality.addTo(plain);
            return plain;
        }
    }

    /** The metric has no answer now; {@code message} is one sentence for a person. */
    record Failed(MetricErrorCode code, String message) implements MetricResult {
        @Override
        public Map<String, @Nullable Object> toPlain() {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            plain.put("code", code.wireName());
            plain.put("message", message);
            return plain;
        }
    }
}
