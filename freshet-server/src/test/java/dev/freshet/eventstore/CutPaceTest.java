package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CutPaceTest {
    private static final long MS = 1_000_000;

    private final CutPace pace = new CutPace(WriterOptions.of(Duration.ofMillis(500), 100, Duration.ofMillis(200)));

    @Test
    void nothingIsDueWhileNothingWaits() {
        assertThat(pace.delayNs(5_000 * MS, 0, 0, 0)).isEqualTo(CutPace.NEVER);
    }

    @Test
    void fewEventsAreDueWhenTheFirstHasWaitedTheInterval() {
        assertThat(pace.delayNs(1_000 * MS, 99, 9_900, 1_000 * MS)).isEqualTo(500 * MS);
        assertThat(pace.delayNs(1_499 * MS, 99, 9_900, 1_000 * MS)).isEqualTo(MS);
        assertThat(pace.delayNs(1_500 * MS, 99, 9_900, 1_000 * MS)).isZero();
        assertThat(pace.delayNs(9_500 * MS, 99, 9_900, 1_000 * MS)).isZero();
    }

    @Test
    void theFlushSizeIsDueAtOnce() {
        assertThat(pace.delayNs(1_000 * MS, 100, 10_000, 1_000 * MS)).isZero();
    }

    @Test
    void dueBatchesStartThePaceApart() {
        pace.started(1_000 * MS);

        assertThat(pace.delayNs(1_010 * MS, 5_000, 500_000, 1_001 * MS)).isEqualTo(190 * MS);
        assertThat(pace.delayNs(1_200 * MS, 5_000, 500_000, 1_001 * MS)).isZero();
    }

    @Test
    void aBatchOfTwentyThousandEventsOrEightMebibytesKeepsNoPace() {
        pace.started(1_000 * MS);
        pace.ended(50 * MS);

        assertThat(pace.delayNs(1_060 * MS, 19_999, 8 * 1024 * 1024 - 1, 1_001 * MS))
                .isEqualTo(140 * MS);
        assertThat(pace.delayNs(1_060 * MS, 20_000, 100, 1_001 * MS)).isZero();
        assertThat(pace.delayNs(1_060 * MS, 300, 8 * 1024 * 1024, 1_001 * MS)).isZero();
    }

    @Test
    void afterASlowInsertTwentyThousandEventsWaitToo() {
        pace.started(1_000 * MS);
        pace.ended(51 * MS);

        assertThat(pace.delayNs(1_060 * MS, 20_000, 100, 1_001 * MS)).isEqualTo(144 * MS);
    }

    @Test
    void theIntervalGoesOnWhereThePaceHasEnded() {
        pace.started(1_000 * MS);

        assertThat(pace.delayNs(1_300 * MS, 1, 100, 1_250 * MS)).isEqualTo(450 * MS);
    }

    @Test
    void afterASlowInsertTheNextStartsLaterAndLarger() {
        pace.started(1_000 * MS);
        pace.ended(150 * MS);

        assertThat(pace.delayNs(1_200 * MS, 5_000, 500_000, 1_001 * MS)).isEqualTo(400 * MS);
        assertThat(pace.delayNs(1_600 * MS, 5_000, 500_000, 1_001 * MS)).isZero();
    }

    @Test
    void howeverSlowTheInsertTheNextStartsWithinASecond() {
        pace.started(1_000 * MS);
        pace.ended(900 * MS);

        assertThat(pace.delayNs(1_900 * MS, 5_000, 500_000, 1_001 * MS)).isEqualTo(100 * MS);
    }

    @Test
    void aQuickInsertLeavesThePaceAsItIs() {
        pace.started(1_000 * MS);
        pace.ended(10 * MS);

        assertThat(pace.delayNs(1_010 * MS, 5_000, 500_000, 1_001 * MS)).isEqualTo(190 * MS);
    }

    @Test
    void aPaceOfMoreThanASecondIsKept() {
        CutPace slow = new CutPace(WriterOptions.of(Duration.ofMillis(500), 100, Duration.ofSeconds(5)));
        slow.started(1_000 * MS);
        slow.ended(900 * MS);

        assertThat(slow.delayNs(1_900 * MS, 5_000, 500_000, 1_001 * MS)).isEqualTo(4_100 * MS);
    }

    @Test
    void theLargestBatchKeepsNoPace() {
        pace.started(1_000 * MS);
        pace.ended(900 * MS);

        assertThat(pace.delayNs(1_901 * MS, 99_999, 100, 1_900 * MS)).isEqualTo(99 * MS);
        assertThat(pace.delayNs(1_901 * MS, 100_000, 100, 1_900 * MS)).isZero();
        assertThat(pace.delayNs(1_901 * MS, 300, 16 * 1024 * 1024, 1_900 * MS)).isZero();
    }

    @Test
    void aPaceOfZeroIsNone() {
        CutPace none = new CutPace(WriterOptions.of(Duration.ofMillis(500), 100, Duration.ZERO));
        none.started(1_000 * MS);
        none.ended(900 * MS);

        assertThat(none.delayNs(1_900 * MS, 5_000, 500_000, 1_001 * MS)).isZero();
    }
}
