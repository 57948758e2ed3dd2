package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SessionsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Sessions sessions = new Sessions();

    @Test
    void aSessionEndsAfterThirtyMinutesOfSilence() {
        String first = at("a", 0);
        assertThat(first).isEqualTo("a-" + START.getEpochSecond());
        assertThat(at("a", 1800)).isEqualTo(first);
        assertThat(at("a", 3600)).isEqualTo(first);
        assertThat(at("a", 5401)).isEqualTo("a-" + START.plusSeconds(5401).getEpochSecond());
        assertThat(at("b", 5401)).startsWith("b-");
    }

    @Test
    void timesMayStepBackWithinASession() {
        String first = at("a", 100);
        assertThat(at("a", 41)).isEqualTo(first);
        assertThat(at("a", 1900)).isEqualTo(first);
    }

    @Test
    void usersSilentForLongAreForgotten() {
        for (int i = 0; i < 100_000; i++) {
            sessions.sessionOf("user " + i, START.plus(Duration.ofSeconds(i)));
        }
        assertThat(sessions.openSessions()).isLessThan(8_000);
    }

    private String at(String user, long second) {
        return sessions.sessionOf(user, START.plusSeconds(second));
    }
}
