package dev.freshet.dialect;

import java.util.Arrays;
import java.util.Optional;

/** Whose protocol a message follows. The wire names are in stored ids and dead letters and never change. */
public enum Dialect {
    SEGMENT("segment"),
    RUDDERSTACK("rudderstack"),
    POSTHOG("posthog");

    private final String wireName;

    Dialect(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    static Optional<Dialect> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(dialect -> dialect.wireName.equals(name))
                .findFirst();
    }
}
