package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BrowserSessionsTest {
    private static final long START_MS = 1_000_000_000_000L;

    private final BrowserSessions sessions = new BrowserSessions(2);

    private String at(String user, long minutes) {
        return sessions.sessionOf("team", user, START_MS + minutes * 60_000);
    }

    @Test
    void aSessionLastsUntilThirtyMinutesOfSilence() {
        String session = at("u", 0);

        assertThat(at("u", 30)).isEqualTo(session);
        assertThat(at("u", 60)).isEqualTo(session);
        assertThat(at("u", 40)).as("an event that comes late").isEqualTo(session);
        assertThat(at("u", 91)).isNotEqualTo(session);
    }

    @Test
    void visitorsAndTeamsDoNotShareSessions() {
        assertThat(at("u", 0)).isNotEqualTo(at("v", 0));
    }

    @Test
    void theVisitorsSeenLastAreRemembered() {
        String first = at("u", 0);
        String second = at("v", 0);
        at("u", 1);
        at("w", 1);

        assertThat(at("u", 2)).isEqualTo(first);
        assertThat(at("v", 2)).as("forgotten").isNotEqualTo(second);
    }
}
