package dev.freshet.dialect;

import dev.freshet.event.EventType;
import java.util.Objects;

/**
 * The event that a message becomes.
 *
 * @param mappedBy the rule that said so; kept with the event, so that a wrong guess can be seen
 */
record Mapped(EventType type, String name, String mappedBy) {
    static final String BY_TABLE = "table";

    Mapped {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(mappedBy, "mappedBy");
        name = Texts.cut(name);
    }

    /** As the mapping file has it, which may keep the name of the built-in rule. */
    Mapped by(MappingTable.Rule rule) {
        return new Mapped(rule.type(), rule.name().orElse(name), BY_TABLE);
    }
}
