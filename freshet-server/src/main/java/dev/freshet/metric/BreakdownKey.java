package dev.freshet.metric;

/** What a breakdown groups by. */
public sealed interface BreakdownKey {
    /** The event's name. */
    record Name() implements BreakdownKey {}

    /** A property of the event; {@code path} without the leading {@code properties.}, nested names joined by dots. */
    record Property(String path) implements BreakdownKey {}

    /** As it is written in a metric: {@code name} or {@code properties.<path>}. */
    default String wireName() {
        return switch (this) {
            case Name() -> "name";
            case Property(String path) -> MetricParser.PROPERTIES + path;
        };
    }
}
