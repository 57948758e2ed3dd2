package dev.freshet.metric;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes metrics and matches in their plain form, which {@link MetricParser} reads back to an equal value. */
final class MetricRenderer {
    private MetricRenderer() {}

    static Map<String, @Nullable Object> metric(Metric metric) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        plain.put("kind", metric.kind());
        switch (metric) {
            case Metric.Count(Match match) -> plain.put("match", match(match));
            case Metric.UniqueUsers(Match match) -> plain.put("match", match(match));
            case Metric.ActiveSessions(long windowSeconds, Match match) -> {
                plain.put("windowSeconds", (double) windowSeconds);
                if (!match.equals(Match.ALL)) {
                    plain.put("match", match(match));
                }
            }
            case Metric.Ratio(Match numerator, Match denominator) -> {
                plain.put("numerator", match(numerator));
                plain.put("denominator", match(denominator));
            }
            case Metric.Breakdown(Match match, BreakdownKey by, int limit) -> {
                plain.put("match", match(match));
                plain.put("by", by.wireName());
                plain.put("limit", (double) limit);
            }
            case Metric.Funnel(List<Match> steps, long windowSeconds) -> {
                plain.put("steps", steps.stream().map(MetricRenderer::match).toList());
                plain.put("windowSeconds", (double) windowSeconds);
            }
            case Metric.Percentile(Match match, String path, List<Double> quantiles) -> {
                plain.put("match", match(match));
                plain.put("property", MetricParser.PROPERTIES + path);
                plain.put("quantiles", quantiles);
            }
        }
        return plain;
    }

    static Map<String, @Nullable Object> match(Match match) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        match.eventType().ifPresent(type -> plain.put("eventType", type.wireName()));
        match.names().ifPresent(names -> plain.put("name", names.size() == 1 ? names.getFirst() : names));
        if (!match.properties().isEmpty()) {
            Map<String, @Nullable Object> properties = new LinkedHashMap<>();
            match.properties().forEach((path, value) -> properties.put(path, scalar(value)));
            plain.put("properties", properties);
        }
        return plain;
    }

    private static @Nullable Object scalar(PropertyValue value) {
        return switch (value) {
            case PropertyValue.Text(String text) -> text;
            case PropertyValue.Numeric(double number) -> number;
            case PropertyValue.Flag(boolean flag) -> flag;
            case PropertyValue.Missing() -> null;
        };
    }
}
