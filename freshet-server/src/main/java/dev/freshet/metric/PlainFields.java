package dev.freshet.metric;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one plain object; every refusal names the field by its whole path. */
final class PlainFields {
    private final String path;
    private final Map<?, ?> fields;

    private PlainFields(String path, Map<?, ?> fields) {
        this.path = path;
        this.fields = fields;
    }

    static PlainFields of(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> fields) {
            return new PlainFields(path, fields);
        }
        throw MetricException.invalid(path, "must be an object");
    }

    String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    void allowOnly(String... allowed) {
        Set<String> known = Set.of(allowed);
        for (Object field : fields.keySet()) {
            if (!known.contains(String.valueOf(field))) {
                throw MetricException.invalid(
                        path(String.valueOf(field)), "is no field here; the fields are " + oneOf(allowed));
            }
        }
    }

    static String oneOf(String... values) {
        return String.join(", ", values);
    }

    /** Absent where the field is not there or null. */
    Optional<Object> optional(String field) {
        return Optional.ofNullable(fields.get(field));
    }

    Object required(String field) {
        return optional(field).orElseThrow(() -> MetricException.invalid(path(field), "is missing"));
    }

    Map<?, ?> map(String field) {
        if (required(field) instanceof Map<?, ?> map) {
            return map;
        }
        throw MetricException.invalid(path(field), "must be an object");
    }

    String text(String field) {
        return text(path(field), required(field));
    }

    static String text(String path, @Nullable Object value) {
        if (!(value instanceof String text)) {
            throw MetricException.invalid(path, "must be a string");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw MetricException.invalid(path, "must be whole Unicode characters");
        }
        return text;
    }

    double number(String field) {
        return number(path(field), required(field));
    }

    static double number(String path, @Nullable Object value) {
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw MetricException.invalid(path, "must be a finite number");
    }

    long wholeNumber(String field, long least, long most) {
        double number = number(field);
        if (number != Math.rint(number) || number < least || number > most) {
            throw MetricException.invalid(path(field), "must be a whole number from " + least + " to " + most);
        }
        return (long) number;
    }

    List<?> list(String field, int least, int most) {
        if (!(required(field) instanceof List<?> list)) {
            throw MetricException.invalid(path(field), "must be a list");
        }
        if (list.size() < least || list.size() > most) {
            throw MetricException.invalid(path(field), "must have " + least + " to " + most + " elements");
        }
        return list;
    }
}
