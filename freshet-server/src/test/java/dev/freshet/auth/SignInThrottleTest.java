package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SignInThrottleTest {
    private final HandClock clock = new HandClock();
    private final SignInThrottle throttle = new SignInThrottle(clock);

    private void fail(int times) {
        for (int number = 0; number < times; number++) {
            assertThat(throttle.admit("ada", "10.0.0.1")).isEmpty();
        }
    }

    @Test
    void afterFiveFailuresTheWaitDoublesUpToAQuarterOfAnHour() {
        fail(5);
        List<Long> waits = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            Duration wait = throttle.admit("ada", "10.0.0.1").orElseThrow();
            waits.add(wait.toSeconds());
            clock.advance(wait.minusMillis(1));
            assertThat(throttle.admit("ada", "10.0.0.1")).contains(Duration.ofMillis(1));
            clock.advance(Duration.ofMillis(1));
            assertThat(throttle.admit("ada", "10.0.0.1")).isEmpty();
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 900L, 900L);
    }

    @Test
    void aLockedPairLocksNeitherTheAccountElsewhereNorTheAddressForOthers() {
        fail(5);
        assertThat(throttle.admit("ada", "10.0.0.2")).isEmpty();
        assertThat(throttle.admit("grace", "10.0.0.1")).isEmpty();
    }

    @Test
    void successStartsAfreshAndATryThatWasNotJudgedDoesNotCount() {
        fail(4);
        throttle.succeeded("ada", "10.0.0.1");
        fail(4);
        fail(1);
        assertThat(throttle.admit("ada", "10.0.0.1")).isPresent();
        throttle.withdraw("ada", "10.0.0.1");
        fail(1);
    }

    @Test
    void oneAddressIsSlowedDownOverManyAccounts() {
        int admitted = 0;
        while (admitted < 1_000
                && throttle.admit("account" + admitted, "10.0.0.1").isEmpty()) {
            admitted++;
        }
        assertThat(admitted).isEqualTo(50);
    }

    @Test
    void aDayForgets() {
        fail(5);
        clock.advance(Duration.ofDays(1).plusSeconds(1));
        fail(5);
        assertThat(throttle.admit("ada", "10.0.0.1")).isPresent();
    }

    @Test
    void memoryIsBounded() {
        SignInThrottle small = new SignInThrottle(clock, 100);
        for (int number = 0; number < 1_000; number++) {
            assertThat(small.admit("account" + number, "address" + number)).isEmpty();
        }
        assertThat(small.size()).isEqualTo(100);
    }
}
