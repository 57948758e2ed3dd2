package dev.freshet.dialect;

import dev.freshet.event.EventType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What an operator says about the events of SDKs; comes before every built-in rule. Immutable. */
final class MappingTable {
    /** Says nothing. */
    static final MappingTable EMPTY = new MappingTable(Map.of(), List.of());

    private final Map<Dialect, Map<String, Rule>> rules;
    private final PathTemplate paths;
    private final Optional<MappingTable> next;

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
        this.next = Optional.empty();
    }

    private MappingTable(MappingTable first, MappingTable next) {
        this.rules = first.rules;
        this.paths = first.paths.before(next.paths);
        this.next = Optional.of(next);
    }

    /** This table, and the other where this one says nothing. */
    MappingTable before(MappingTable other) {
        return new MappingTable(this, other);
    }

    Optional<Rule> rule(Dialect dialect, String sourceEvent) {
        Rule own = rules.getOrDefault(dialect, Map.of()).get(sourceEvent);
        return own == null ? next.flatMap(table -> table.rule(dialect, sourceEvent)) : Optional.of(own);
    }

    PathTemplate paths() {
        return paths;
    }
}
