package dev.freshet.dialect;

import dev.freshet.event.EventType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a team says about the events of its SDKs; comes before every built-in rule. Immutable. */
public final class MappingTable {
    /** Says nothing. */
    public static final MappingTable EMPTY = new MappingTable(Map.of(), List.of());

    private final Map<Dialect, Map<String, Rule>> rules;
    private final PathTemplate paths;

    /** @param name empty to keep the name that the event has */
    record Rule(EventType type, Optional<String> name) {
        Rule {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(name, "name");
        }
    }

    MappingTable(Map<Dialect, Map<String, Rule>> rules, List<String> pathPatterns) {
        this.rules = new EnumMap<>(Dialect.class);
        rules.forEach((dialect, ofDialect) -> this.rules.put(dialect, Map.copyOf(ofDialect)));
        this.paths = PathTemplate.of(pathPatterns);
    }

    Optional<Rule> rule(Dialect dialect, String sourceEvent) {
        return Optional.ofNullable(rules.getOrDefault(dialect, Map.of()).get(sourceEvent));
    }

    PathTemplate paths() {
        return paths;
    }
}
