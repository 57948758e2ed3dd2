package dev.freshet.documents;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A member. {@code passwordHash} is a PHC string, and absent for members who sign in elsewhere; {@code notifications} is a
 * nested document of any shape.
 */
public record User(
        String id,
        EmailAddress email,
        String name,
        String teamId,
        Role role,
        Optional<String> passwordHash,
        Map<String, Object> notifications,
        Instant createdAt) {
    static final int SCHEMA_VERSION = 1;

    public User {
        // Not Map.copyOf: a nested document may hold nulls.
        notifications = Collections.unmodifiableMap(new LinkedHashMap<>(notifications));
    }

    static User read(StoredDocument stored) {
        stored.schemaVersion(SCHEMA_VERSION);
        EmailAddress email = EmailAddress.parse(stored.text("email")).orElseThrow(() -> stored.unreadable("email"));
        Role role = stored.nested("membership")
                .flatMap(membership -> membership.optionalText("role"))
                .flatMap(Role::ofWireName)
                .orElseThrow(() -> stored.unreadable("membership.role"));
        return new User(
                stored.id(),
                email,
                stored.optionalText("name").orElse(""),
                stored.objectId("teamId").toHexString(),
                role,
                stored.optionalText("passwordHash"),
                stored.open("notifications"),
                stored.createdAt());
    }

    /** Without the password hash, so that no log line carries it. */
    @Override
    public String toString() {
        return "User[id=" + id + ", teamId=" + teamId + ", role=" + role + "]";
    }
}
