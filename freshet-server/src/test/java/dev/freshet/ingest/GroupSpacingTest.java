package dev.freshet.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GroupSpacingTest {
    private final GroupSpacing spacing = new GroupSpacing();

    @Test
    void theFirstGroupBeginsAtOnceWhateverTheClockSays() {
        assertThat(spacing.delayNs(Long.MIN_VALUE)).isZero();
        assertThat(spacing.delayNs(-7)).isZero();
    }

    @Test
    void theNextOneWaitsForTheRestOfAMillisecond() {
        spacing.began(1_000);
        assertThat(spacing.delayNs(1_000)).isEqualTo(1_000_000);
        assertThat(spacing.delayNs(400_000)).isEqualTo(601_000);
    }

    @Test
    void aRequestThatComesAloneWaitsForNothing() {
        spacing.began(1_000);
        assertThat(spacing.delayNs(1_001_000)).isNotPositive();
        assertThat(spacing.delayNs(3_600_000_000_000L)).isNotPositive();
    }

    @Test
    void holdsWhileTheClockPassesItsGreatestValue() {
        spacing.began(Long.MAX_VALUE - 10);
        assertThat(spacing.delayNs(Long.MIN_VALUE + 89)).isEqualTo(999_900);
    }
}
