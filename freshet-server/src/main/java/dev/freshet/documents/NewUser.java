package dev.freshet.documents;

import java.util.Optional;

/** What a member is created from. */
public record NewUser(EmailAddress email, String name, String teamId, Role role, Optional<String> passwordHash) {
    /** Without the password hash, so that no log line carries it. */
    @Override
    public String toString() {
        return "NewUser[teamId=" + teamId + ", role=" + role + "]";
    }
}
