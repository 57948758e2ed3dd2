package dev.freshet.documents;

import java.util.Locale;
import java.util.Optional;

/** What a member may do in the team, from the least to the most; each includes those before it. */
public enum Role {
    VIEWER,
    EDITOR,
    ADMIN,
    OWNER;

    public boolean atLeast(Role required) {
        return compareTo(required) >= 0;
    }

    /** The name in documents, tokens and the API, as {@code "owner"}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> ofWireName(String wireName) {
        for (Role role : values()) {
            if (role.wireName().equals(wireName)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
