package dev.freshet.functions.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {
    /** A Wednesday. */
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * * | 2026-11-25T12:01:00Z",
                "*/15 * * * * | 2026-11-25T12:15:00Z",
                "0 12 * * * | 2026-11-26T12:00:00Z",
                "30 9-11 * * * | 2026-11-26T09:30:00Z",
                "5/20 12 * * * | 2026-11-25T12:05:00Z",
                "0 0 1 * * | 2026-12-01T00:00:00Z",
                "0 0 31 * * | 2026-12-31T00:00:00Z",
                "0 0 29 2 * | 2028-02-29T00:00:00Z",
                "15 10 * * 1 | 2026-11-30T10:15:00Z",
                "0 0 * * 7 | 2026-11-29T00:00:00Z",
                "0 0 1 * 5 | 2026-11-27T00:00:00Z",
                "0,30 6,18 * * * | 2026-11-25T18:00:00Z",
                "0 0 * 1-3 * | 2027-01-01T00:00:00Z"
            })
    void theNextTimeIsTheFirstThatAllFieldsAllow(String expression, Instant expected) {
        assertThat(CronSchedule.cron(expression).nextAfter(NOON)).isEqualTo(expected);
    }

    @Test
    void theShortFormsSayTheSame() {
        assertThat(CronSchedule.hourly(30).nextAfter(NOON)).isEqualTo("2026-11-25T12:30:00Z");
        assertThat(CronSchedule.daily(3, 15).nextAfter(NOON)).isEqualTo("2026-11-26T03:15:00Z");
        assertThat(CronSchedule.weekly(DayOfWeek.SUNDAY, 3, 15).nextAfter(NOON)).isEqualTo("2026-11-29T03:15:00Z");
        assertThat(CronSchedule.monthly(24, 3, 15).nextAfter(NOON)).isEqualTo("2026-12-24T03:15:00Z");
        assertThat(CronSchedule.every(Duration.ofMinutes(7)).nextAfter(NOON))
                .isEqualTo(CronSchedule.every(Duration.ofMinutes(7)).nextAfter(NOON.plusMillis(1)));
    }

    @Test
    void timesGoForwardAndNoneIsLeftOut() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            CronSchedule schedule = CronSchedule.cron(random.nextInt(60) + "/" + (1 + random.nextInt(59)) + " "
                    + random.nextInt(24) + "-23 * * " + (random.nextBoolean() ? "*" : random.nextInt(7)));
            Instant from = NOON.plusSeconds(random.nextInt(1_000_000));
            Instant next = schedule.nextAfter(from);
            assertThat(next).isAfter(from);
            // From any moment before it the same one is next.
            long gapSeconds = Duration.between(from, next).toSeconds();
            Instant between = from.plusSeconds(random.nextLong(gapSeconds + 1)).minusMillis(1);
            assertThat(schedule.nextAfter(between.isBefore(from) ? from : between))
                    .isEqualTo(next);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "5-2 * * * *",
                "*/0 * * * *",
                "a * * * *",
                "1,,2 * * * *",
                "-1 * * * *",
                "0 0 30 2 *"
            })
    void whatIsNoCronIsRefused(String expression) {
        assertThatThrownBy(() -> CronSchedule.cron(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expression);
    }

    @Test
    void nothingRunsMoreThanOnceASecond() {
        assertThatThrownBy(() -> CronSchedule.every(Duration.ofMillis(10))).hasMessageContaining("once a second");
    }
}
