package dev.freshet.eventstore;

import java.util.List;
import java.util.stream.Collectors;

/** Texts as ClickHouse reads bound parameters of the types String and Array(String). */
final class MetricParameter {
    private MetricParameter() {}

    static String string(String value) {
        StringBuilder text = new StringBuilder(value.length());
        for (int at = 0; at < value.length(); at++) {
            char character = value.charAt(at);
            switch (character) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\0' -> text.append("\\0");
                case '\'' -> text.append("\\'");
                default -> text.append(character);
            }
        }
        return text.toString();
    }

    static String strings(List<String> values) {
        return values.stream().map(value -> "'" + string(value) + "'").collect(Collectors.joining(",", "[", "]"));
    }
}
