package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageTimeTest {
    private static final long NOW_MS = 1_000_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        // how old it says it is, how far the sender's clock is behind, client, retry, how old it is taken to be
        "5000,     0, true,  false,  5000",
        "5000,  1999, true,  false,  6999",
        "5000, 60000, true,  false,  5000",
        "5000,-60000, true,  false,  5000",
        "5000, 60000, false, false, 65000",
        "5000, 60000, true,  true,  65000",
        "-5000,    0, true,  false,     0",
        "-5000,60000, true,  false,     0",
    })
    void onlyTheSkewOfAClientThatDoesNotRetryIsCorrected(
            long ageMs, long behindMs, boolean isClient, boolean isRetry, long takenAgeMs) {
        long sentAt = NOW_MS - behindMs;

        assertThat(MessageTime.happenedAt(
                        OptionalLong.of(sentAt - ageMs), OptionalLong.of(sentAt), isClient, isRetry, NOW_MS))
                .isEqualTo(NOW_MS - takenAgeMs);
    }

    @Test
    void withoutATimeItIsNow() {
        assertThat(MessageTime.happenedAt(OptionalLong.empty(), OptionalLong.empty(), true, false, NOW_MS))
                .isEqualTo(NOW_MS);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-05T12:00:00.250Z, 2026-03-05T12:00:00.250Z",
        "2026-03-05T13:00:00+01:00, 2026-03-05T12:00:00Z",
        "2026-03-05T12:00:00.250, 2026-03-05T12:00:00.250Z",
        "1772712000000, 2026-03-05T12:00:00Z",
        "1772712000, 2026-03-05T12:00:00Z",
    })
    void datesAndNumbersAreRead(String text, Instant time) {
        assertThat(MessageTime.ofText(text)).hasValue(time.toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource({"soon", "''", "2026-13-05T12:00:00Z", "99999999999999999", "-9223372036854775808"})
    void whatIsNoTimeIsNone(String text) {
        assertThat(MessageTime.ofText(text)).isEmpty();
    }
}
