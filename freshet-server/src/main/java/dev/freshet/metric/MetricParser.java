package dev.freshet.metric;

import dev.freshet.event.EventLimits;
import dev.freshet.event.EventType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads metrics, matches and intervals from their plain form. */
final class MetricParser {
    static final String PROPERTIES = "properties.";

    private static final int MOST_NAMES = 500;
    private static final int MOST_PROPERTIES = 20;
    private static final int MOST_QUANTILES = 20;
    private static final int MOST_PATH_CHARACTERS = 200;
    private static final int MOST_VALUE_CHARACTERS = 1_000;
    private static final long MOST_WINDOW_SECONDS = 90L * 86_400;

    private MetricParser() {}

    static Metric metric(String path, @Nullable Object plain) {
        PlainFields fields = PlainFields.of(path, plain);
        String kind = fields.text("kind");
        return switch (kind) {
            case "count" -> {
                fields.allowOnly("kind", "match");
                yield new Metric.Count(requiredMatch(fields, "match"));
            }
            case "uniqueUsers" -> {
                fields.allowOnly("kind", "match");
                yield new Metric.UniqueUsers(requiredMatch(fields, "match"));
            }
            case "activeSessions" -> {
                fields.allowOnly("kind", "windowSeconds", "match");
                yield new Metric.ActiveSessions(windowSeconds(fields), optionalMatch(fields, "match"));
            }
            case "ratio" -> {
                fields.allowOnly("kind", "numerator", "denominator");
                yield new Metric.Ratio(requiredMatch(fields, "numerator"), requiredMatch(fields, "denominator"));
            }
            case "breakdown" -> breakdown(fields);
            case "funnel" -> funnel(fields);
            case "percentile" -> percentile(fields);
            default ->
                throw MetricException.invalid(
                        fields.path("kind"),
                        "must be one of count, uniqueUsers, activeSessions, ratio, breakdown, funnel, percentile");
        };
    }

    private static Metric breakdown(PlainFields fields) {
        fields.allowOnly("kind", "match", "by", "limit");
        String by = fields.text("by");
        BreakdownKey key;
        if (by.equals("name")) {
            key = new BreakdownKey.Name();
        } else if (by.startsWith(PROPERTIES)) {
            key = new BreakdownKey.Property(propertyPath(fields.path("by"), by.substring(PROPERTIES.length())));
        } else {
            throw MetricException.invalid(fields.path("by"), "must be name or properties.<path>");
        }
        int limit = (int) fields.wholeNumber("limit", 1, 500);
        return new Metric.Breakdown(requiredMatch(fields, "match"), key, limit);
    }

    private static Metric funnel(PlainFields fields) {
        fields.allowOnly("kind", "steps", "windowSeconds");
        List<?> plainSteps = fields.list("steps", 2, 32);
        List<Match> steps = new ArrayList<>();
        for (int step = 0; step < plainSteps.size(); step++) {
            steps.add(match(fields.path("steps[" + step + "]"), plainSteps.get(step)));
        }
        return new Metric.Funnel(steps, windowSeconds(fields));
    }

    private static Metric percentile(PlainFields fields) {
        fields.allowOnly("kind", "match", "property", "quantiles");
        String property = fields.text("property");
        if (!property.startsWith(PROPERTIES)) {
            throw MetricException.invalid(fields.path("property"), "must be properties.<path>");
        }
        List<Double> quantiles = new ArrayList<>();
        for (Object quantile : fields.list("quantiles", 1, MOST_QUANTILES)) {
            double value = PlainFields.number(fields.path("quantiles"), quantile);
            if (value < 0 || value > 1) {
                throw MetricException.invalid(fields.path("quantiles"), "must be numbers from 0 to 1");
            }
            quantiles.add(value);
        }
        String path = propertyPath(fields.path("property"), property.substring(PROPERTIES.length()));
        return new Metric.Percentile(requiredMatch(fields, "match"), path, quantiles);
    }

    private static long windowSeconds(PlainFields fields) {
        return fields.wholeNumber("windowSeconds", 1, MOST_WINDOW_SECONDS);
    }

    private static Match requiredMatch(PlainFields fields, String field) {
        return match(fields.path(field), fields.required(field));
    }

    private static Match optionalMatch(PlainFields fields, String field) {
        return fields.optional(field)
                .map(plain -> match(fields.path(field), plain))
                .orElse(Match.ALL);
    }

    static Match match(String path, @Nullable Object plain) {
        PlainFields fields = PlainFields.of(path, plain);
        fields.allowOnly("eventType", "name", "properties");
        Optional<EventType> type =
                fields.optional("eventType").map(value -> eventType(fields.path("eventType"), value));
        Optional<List<String>> names = fields.optional("name").map(value -> names(fields, value));
        return new Match(type, names, properties(fields));
    }

    private static EventType eventType(String path, Object value) {
        return EventType.ofWireName(PlainFields.text(path, value)).orElseThrow(() -> {
            String known =
                    Arrays.stream(EventType.values()).map(EventType::wireName).collect(Collectors.joining(", "));
            return MetricException.invalid(path, "must be one of " + known);
        });
    }

    private static List<String> names(PlainFields fields, Object value) {
        String path = fields.path("name");
        if (value instanceof String) {
            return List.of(name(path, value));
        }
        if (!(value instanceof List<?>)) {
            throw MetricException.invalid(path, "must be a string or a list of strings");
        }
        List<String> names = new ArrayList<>();
        for (Object element : fields.list("name", 0, MOST_NAMES)) {
            names.add(name(path, element));
        }
        return names;
    }

    private static String name(String path, @Nullable Object value) {
        String name = PlainFields.text(path, value);
        if (name.codePointCount(0, name.length()) > EventLimits.TEXT_CODE_POINTS) {
            throw MetricException.invalid(path, "must be up to " + EventLimits.TEXT_CODE_POINTS + " characters");
        }
        return name;
    }

    private static SortedMap<String, PropertyValue> properties(PlainFields fields) {
        TreeMap<String, PropertyValue> values = new TreeMap<>();
        if (fields.optional("properties").isEmpty()) {
            return values;
        }
        Map<?, ?> plain = fields.map("properties");
        if (plain.size() > MOST_PROPERTIES) {
            throw MetricException.limit(fields.path("properties"), "must be up to " + MOST_PROPERTIES + " properties");
        }
        plain.forEach((key, value) -> {
            String path = fields.path(PROPERTIES + key);
            values.put(propertyPath(path, String.valueOf(key)), propertyValue(path, value));
        });
        return values;
    }

    private static PropertyValue propertyValue(String path, @Nullable Object value) {
        return switch (value) {
            case null -> new PropertyValue.Missing();
            case Boolean flag -> new PropertyValue.Flag(flag);
            case Number _ -> new PropertyValue.Numeric(PlainFields.number(path, value));
            case String text
            when text.length() <= MOST_VALUE_CHARACTERS -> new PropertyValue.Text(PlainFields.text(path, text));
            case String _ ->
                throw MetricException.limit(path, "must be up to " + MOST_VALUE_CHARACTERS + " characters");
            default -> throw MetricException.invalid(path, "must be a string, a number, a boolean or null");
        };
    }

    private static String propertyPath(String field, String path) {
        if (path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..")) {
            throw MetricException.invalid(field, "must name a property, nested names joined by dots");
        }
        if (path.length() > MOST_PATH_CHARACTERS) {
            throw MetricException.limit(field, "must be a path of up to " + MOST_PATH_CHARACTERS + " characters");
        }
        return PlainFields.text(field, path);
    }

    static Interval interval(String path, Object value) {
        return Interval.ofWireName(PlainFields.text(path, value)).orElseThrow(() -> {
            String known =
                    Arrays.stream(Interval.values()).map(Interval::wireName).collect(Collectors.joining(", "));
            return MetricException.invalid(path, "must be one of " + known);
        });
    }
}
