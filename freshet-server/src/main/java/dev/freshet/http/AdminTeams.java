package dev.freshet.http;

import dev.freshet.auth.AdminKey;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Lets the admin key act for a team: the one that the header {@code X-Freshet-Team} names, else the first one. So that
 * {@code import} works beside a running server without a write key.
 */
final class AdminTeams {
    static final String HEADER = "X-Freshet-Team";

    private final AdminKey adminKey;
    private final String firstTeam;
    private final Predicate<String> isTeam;

    /** @param isTeam whether there is a team of that id; asked on event loops, must not block */
    AdminTeams(AdminKey adminKey, String firstTeam, Predicate<String> isTeam) {
        this.adminKey = adminKey;
        this.firstTeam = firstTeam;
        this.isTeam = isTeam;
    }

    /** @return the team, empty when the key is not the admin key or the team is unknown */
    Optional<String> team(String presentedKey, HttpServerRequest request) {
        if (!adminKey.matches(presentedKey)) {
            return Optional.empty();
        }
        return Optional.ofNullable(request.getHeader(HEADER))
                .map(String::strip)
                .or(() -> Optional.of(firstTeam))
                .filter(isTeam);
    }
}
