package dev.freshet.aggregate;

import dev.freshet.metric.BreakdownKey;
import dev.freshet.metric.BreakdownRow;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import dev.freshet.metric.ResultQuality;
import dev.freshet.metric.TimeWindow;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The answer by going through all events, written as the contract says it and as slow as that is. */
final class DirectAnswer {
    private DirectAnswer() {}

    static MetricResult of(Collection<TestEvent> events, LiveMetricKey key, long nowMs) {
        MetricRequest request = key.request();
        TimeWindow window = request.window(nowMs);
        return switch (request.metric()) {
            case Metric.Count(Match match) -> {
                List<TestEvent> matched = matched(events, key, match, window);
                yield series(
                        matched.size(),
                        window,
                        bucket -> inBucket(matched, window, bucket).size());
            }
            case Metric.UniqueUsers(Match match) -> {
                List<TestEvent> matched = matched(events, key, match, window);
                yield series(
                        (double) users(matched), window, bucket -> (double) users(inBucket(matched, window, bucket)));
            }
            case Metric.Ratio(Match numerator, Match denominator) -> {
                List<TestEvent> above = matched(events, key, numerator, window);
                List<TestEvent> below = matched(events, key, denominator, window);
                yield series(
                        ratio(above.size(), below.size()),
                        window,
                        bucket -> ratio(
                                inBucket(above, window, bucket).size(),
                                inBucket(below, window, bucket).size()));
            }
            case Metric.ActiveSessions(long windowSeconds, Match match) -> {
                Set<String> sessions = new HashSet<>();
                long afterMs = nowMs / 1_000 * 1_000 - windowSeconds * 1_000;
                for (TestEvent event : events) {
                    if (event.team().equals(key.teamId())
                            && match.acceptsTypeAndName(event.type(), event.name())
                            && !event.session().isEmpty()
                            && event.timestampMs() > afterMs
                            && event.timestampMs() <= nowMs) {
                        sessions.add(event.session());
                    }
                }
                yield new MetricResult.Sessions(sessions.size(), ResultQuality.EXACT);
            }
            case Metric.Breakdown(Match match, BreakdownKey _, int limit) ->
                breakdown(matched(events, key, match, window), limit);
            case Metric.Funnel _, Metric.Percentile _ -> throw new IllegalArgumentException("not answered live");
        };
    }

    private interface PointValue {
        double of(long bucket);
    }

    private static MetricResult series(double total, TimeWindow window, PointValue point) {
        double[] values = new double[window.bucketCount()];
        for (int bucket = 0; bucket < values.length; bucket++) {
            values[bucket] = point.of(window.firstBucket() + bucket);
        }
        return new MetricResult.Series(total, window, values, ResultQuality.EXACT);
    }

    private static double ratio(double above, double below) {
        return below == 0 ? 0 : above / below;
    }

    private static List<TestEvent> matched(
            Collection<TestEvent> events, LiveMetricKey key, Match match, TimeWindow window) {
        return events.stream()
                .filter(event -> event.team().equals(key.teamId()))
                .filter(event -> match.acceptsTypeAndName(event.type(), event.name()))
                .filter(event -> event.timestampMs() >= window.fromMs() && event.timestampMs() < window.toMs())
                .toList();
    }

    private static List<TestEvent> inBucket(List<TestEvent> events, TimeWindow window, long bucket) {
        return events.stream()
                .filter(event -> window.interval().bucketOf(event.timestampMs()) == bucket)
                .toList();
    }

    private static long users(List<TestEvent> events) {
        return events.stream().map(TestEvent::user).distinct().count();
    }

    private static MetricResult breakdown(List<TestEvent> events, int limit) {
        Map<String, List<TestEvent>> byName = events.stream().collect(Collectors.groupingBy(TestEvent::name));
        List<BreakdownRow> rows = byName.entrySet().stream()
                .map(group -> new BreakdownRow(group.getKey(), group.getValue().size(), users(group.getValue())))
                .sorted(BreakdownRow.ORDER)
                .toList();
        long other = rows.stream().skip(limit).mapToLong(BreakdownRow::count).sum();
        return new MetricResult.BreakdownRows(rows.stream().limit(limit).toList(), other, ResultQuality.EXACT);
    }
}
