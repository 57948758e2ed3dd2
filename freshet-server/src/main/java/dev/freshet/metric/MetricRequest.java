package dev.freshet.metric;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A metric over a sliding window that ends with the present. Requests that ask for the same thing are equal and have the
 * same {@link #canonicalText}, in whatever order their fields and names were written: 61 and 120 seconds by the minute
 * are both two buckets.
 *
 * @param bucketCount how many buckets of {@code interval}, the current one included
 */
public record MetricRequest(Metric metric, Interval interval, int bucketCount) {
    /** The most buckets a window may have. */
    public static final int MOST_BUCKETS = 2_200;

    public MetricRequest {
        if (metric instanceof Metric.ActiveSessions) { // has a window of its own and no points
            interval = Interval.SECOND;
            bucketCount = 1;
        }
        if (bucketCount < 1 || bucketCount > MOST_BUCKETS) {
            throw MetricException.limit("range.lastSeconds", "must make 1 to " + MOST_BUCKETS + " buckets");
        }
    }

    /**
     * Reads the arguments of {@code metrics:live}: {@code metric}, {@code range}, and where given {@code interval} and
     * {@code filters}, which are ANDed into the metric.
     *
     * @param arguments maps, lists, strings, numbers, booleans and nulls
     * @throws MetricException that names the field which breaks a rule
     */
    public static MetricRequest parse(Map<String, ? extends @Nullable Object> arguments) {
        PlainFields fields = PlainFields.of("", arguments);
        fields.allowOnly("metric", "range", "interval", "filters");
        Metric metric = parseMetric("metric", fields.required("metric"));
        Match filter = fields.optional("filters")
                .map(plain -> MetricParser.match("filters", plain))
                .orElse(Match.ALL);
        Interval interval = fields.optional("interval")
                .map(plain -> MetricParser.interval("interval", plain))
                .orElse(Interval.MINUTE);
        Metric filtered = metric.filteredBy(filter);
        if (metric instanceof Metric.ActiveSessions) {
            return new MetricRequest(filtered, interval, 1);
        }
        PlainFields range = PlainFields.of("range", fields.required("range"));
        range.allowOnly("lastSeconds");
        return new MetricRequest(filtered, interval, bucketCount(range.number("lastSeconds"), interval));
    }

    /**
     * Reads one metric.
     *
     * @param field how errors name the whole, such as {@code metric} or {@code condition.metric}
     */
    public static Metric parseMetric(String field, @Nullable Object plain) {
        return MetricParser.metric(field, plain);
    }

    /** Reads one match, such as a dashboard's filters; {@code field} is how errors name the whole. */
    public static Match parseMatch(String field, @Nullable Object plain) {
        return MetricParser.match(field, plain);
    }

    private static int bucketCount(double lastSeconds, Interval interval) {
        if (lastSeconds <= 0) {
            throw MetricException.invalid("range.lastSeconds", "must be above 0");
        }
        double count = Math.ceil(lastSeconds * 1_000 / interval.lengthMs());
        if (count > MOST_BUCKETS) {
            throw MetricException.limit(
                    "range.lastSeconds",
                    "asks for more than " + MOST_BUCKETS + " buckets; take a longer interval or a shorter range");
        }
        return (int) count;
    }

    /** The window at a moment of the server's clock. */
    public TimeWindow window(long nowMs) {
        return TimeWindow.endingAt(nowMs, interval, bucketCount);
    }

    /** The arguments that {@link #parse} reads to an equal request, without {@code filters}. */
    public Map<String, @Nullable Object> toPlain() {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        plain.put("metric", MetricRenderer.metric(metric));
        plain.put("range", Map.of("lastSeconds", (double) bucketCount * interval.lengthMs() / 1_000));
        plain.put("interval", interval.wireName());
        return plain;
    }

    /** One text for all equal requests, different for different ones: JSON that {@link #parse} reads again. */
    public String canonicalText() {
        return CanonicalText.of(toPlain());
    }
}
