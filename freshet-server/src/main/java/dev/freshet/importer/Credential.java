package dev.freshet.importer;

import java.net.http.HttpRequest;
import java.util.Optional;

/** With what right events are posted. The keys are secrets: {@code toString} does not show them. */
public sealed interface Credential {
    /** The header that names the team an admin key acts for. */
    String TEAM_HEADER = "X-Freshet-Team";

    void addTo(HttpRequest.Builder request);

    /** A team's write key. */
    record WriteKey(String key) implements Credential {
        @Override
        public void addTo(HttpRequest.Builder request) {
            request.header("Authorization", "Bearer " + key);
        }

        @Override
        public String toString() {
            return "WriteKey[secret]";
        }
    }

    /** The server's admin key, for one team; empty: the server's first. */
    record AdminKey(String key, Optional<String> teamId) implements Credential {
        @Override
        public void addTo(HttpRequest.Builder request) {
            request.header("Authorization", "Bearer " + key);
            teamId.ifPresent(team -> request.header(TEAM_HEADER, team));
        }

        @Override
        public String toString() {
            return "AdminKey[secret, teamId=" + teamId.orElse("") + "]";
        }
    }
}
