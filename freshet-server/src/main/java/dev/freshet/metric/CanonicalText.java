package dev.freshet.metric;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a plain structure as JSON of one form: fields in order, no white space, whole numbers without a point. */
final class CanonicalText {
    private static final double MOST_EXACT = 9_007_199_254_740_992.0;

    private CanonicalText() {}

    static String of(@Nullable Object plain) {
        StringBuilder text = new StringBuilder();
        append(text, plain);
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable Object plain) {
        switch (plain) {
            case null -> text.append("null");
            case String value -> appendQuoted(text, value);
            case Double value -> appendNumber(text, value);
            case Map<?, ?> fields -> appendObject(text, fields);
            case List<?> elements -> {
                String separator = "[";
                for (Object element : elements) {
                    text.append(separator);
                    append(text, element);
                    separator = ",";
                }
                text.append(elements.isEmpty() ? "[]" : "]");
            }
            default -> text.append(plain);
        }
    }

    private static void appendObject(StringBuilder text, Map<?, ?> fields) {
        TreeMap<String, @Nullable Object> ordered = new TreeMap<>();
        fields.forEach((name, value) -> ordered.put(String.valueOf(name), value));
        String separator = "{";
        for (Map.Entry<String, @Nullable Object> field : ordered.entrySet()) {
            text.append(separator);
            appendQuoted(text, field.getKey());
            text.append(':');
            append(text, field.getValue());
            separator = ",";
        }
        text.append(ordered.isEmpty() ? "{}" : "}");
    }

    private static void appendNumber(StringBuilder text, double value) {
        if (value == Math.rint(value) && Math.abs(value) < MOST_EXACT) {
            text.append((long) value);
        } else {
            text.append(value);
        }
    }

    private static void appendQuoted(StringBuilder text, String value) {
        text.append('"');
        for (int at = 0; at < value.length(); at++) {
            char character = value.charAt(at);
            if (character == '"' || character == '\\') {
                text.append('\\').append(character);
            } else if (character < ' ') {
                text.append("\\u00").append(Character.forDigit(character >> 4, 16));
                text.append(Character.forDigit(character & 0xf, 16));
            } else {
                text.append(character);
            }
        }
        text.append('"');
    }
}
