package dev.freshet.chdb;

import java.util.List;
import java.util.stream.Collectors;

/** The text form in which the engine reads bound parameters: that of its TabSeparated format. */
final class ParameterText {
    private ParameterText() {}

    static String scalar(String value) {
        return escape(value, false);
    }

    static String array(List<String> values) {
        return values.stream().map(value -> "'" + escape(value, true) + "'").collect(Collectors.joining(",", "[", "]"));
    }

    static String numbers(List<? extends Number> values) {
        return values.stream()
                .map(value -> value instanceof Double || value instanceof Float
                        ? number(value.doubleValue())
                        : value.toString())
                .collect(Collectors.joining(",", "[", "]"));
    }

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return Double.toString(value);
    }

    private static String escape(String value, boolean isQuoted) {
        StringBuilder text = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\0' -> text.append("\\0");
                case '\'' -> text.append(isQuoted ? "\\'" : "'");
                default -> text.append(c);
            }
        }
        return text.toString();
    }
}
