package dev.freshet.metric;

import dev.freshet.event.EventType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which events a metric is about; every part given must hold. Equal sets of parts are equal matches, whatever order they
 * were written in.
 *
 * @param eventType absent: any
 * @param names absent: any; otherwise one of these, sorted and distinct; empty: no event at all
 * @param properties by path, nested names joined by dots
 */
public record Match(
        Optional<EventType> eventType, Optional<List<String>> names, SortedMap<String, PropertyValue> properties) {
    /** Matches every event. */
    public static final Match ALL = new Match(Optional.empty(), Optional.empty(), new TreeMap<>());

    /** Matches no event. */
    public static final Match NONE = new Match(Optional.empty(), Optional.of(List.of()), new TreeMap<>());

    public Match {
        names = names.map(given -> given.stream().sorted().distinct().toList());
        if (names.isPresent() && names.get().isEmpty()) {
            eventType = Optional.empty();
            properties = new TreeMap<>();
        }
        properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
    }

    public static Match of(EventType eventType) {
        return new Match(Optional.of(eventType), Optional.empty(), new TreeMap<>());
    }

    public static Match ofNames(String... names) {
        return new Match(Optional.empty(), Optional.of(List.of(names)), new TreeMap<>());
    }

    /** The events that both match; {@link #NONE} where the two contradict each other. */
    public Match and(Match other) {
        if (eventType.isPresent()
                && other.eventType.isPresent()
                && !eventType.get().equals(other.eventType.get())) {
            return NONE;
        }
        TreeMap<String, PropertyValue> both = new TreeMap<>(properties);
        for (Map.Entry<String, PropertyValue> entry : other.properties.entrySet()) {
            PropertyValue before = both.put(entry.getKey(), entry.getValue());
            if (before != null && !before.equals(entry.getValue())) {
                return NONE;
            }
        }
        return new Match(eventType.or(other::eventType), intersection(names, other.names), both);
    }

    private static Optional<List<String>> intersection(Optional<List<String>> one, Optional<List<String>> other) {
        if (one.isPresent() && other.isPresent()) {
            List<String> wanted = other.get();
            return Optional.of(one.get().stream().filter(wanted::contains).toList());
        }
        return one.or(() -> other);
    }

    public boolean isNone() {
        return names.isPresent() && names.get().isEmpty();
    }

    /** Whether an event of this type and name matches, its properties left aside. */
    public boolean acceptsTypeAndName(EventType type, String name) {
        return (eventType.isEmpty() || eventType.get() == type)
                && (names.isEmpty() || Collections.binarySearch(names.get(), name) >= 0);
    }
}
