package dev.freshet.benchmarks.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The verifier's own controls: each fault that it is there for, made up, must break the verdict. */
class KillVerdictTest {
    private static final UUID KEPT = new UUID(1, 1);
    private static final UUID ALSO_KEPT = new UUID(1, 2);
    private static final UUID UNANSWERED = new UUID(1, 3);
    private static final Set<UUID> ACKNOWLEDGED = Set.of(KEPT, ALSO_KEPT);
    private static final Set<UUID> SENT = Set.of(KEPT, ALSO_KEPT, UNANSWERED);
    private static final Map<String, Long> SAME = Map.of("events_1m", 0L, "events_1h", 0L, "events_1d", 0L);

    private static KillVerdict of(List<UUID> stored) {
        return KillVerdict.of(ACKNOWLEDGED, SENT, stored, SAME, SAME, true);
    }

    @Test
    void eachAcknowledgedEventOnceAndAnyOtherAtMostOnceIsKept() {
        assertThat(of(List.of(ALSO_KEPT, KEPT)).isKept()).isTrue();
        assertThat(of(List.of(ALSO_KEPT, UNANSWERED, KEPT)).isKept()).isTrue();
    }

    @Test
    void aLostEventBreaksIt() {
        KillVerdict verdict = of(List.of(KEPT, UNANSWERED));

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.isKept()).isFalse();
    }

    @Test
    void aDoubledEventBreaksItWhetherAcknowledgedOrNot() {
        assertThat(of(List.of(KEPT, ALSO_KEPT, KEPT)).doubled()).isEqualTo(1);
        assertThat(of(List.of(KEPT, ALSO_KEPT, KEPT)).isKept()).isFalse();
        assertThat(of(List.of(KEPT, ALSO_KEPT, UNANSWERED, UNANSWERED)).isKept())
                .isFalse();
    }

    @Test
    void anEventThatNobodySentBreaksIt() {
        assertThat(of(List.of(KEPT, ALSO_KEPT, new UUID(9, 9))).isKept()).isFalse();
    }

    @Test
    void aRollupThatDiffersOrACheckThatSeesNothingBreaksIt() {
        List<UUID> stored = List.of(KEPT, ALSO_KEPT);
        Map<String, Long> differs = Map.of("events_1m", 0L, "events_1h", 1L, "events_1d", 0L);

        assertThat(KillVerdict.of(ACKNOWLEDGED, SENT, stored, differs, SAME, true)
                        .isKept())
                .isFalse();
        assertThat(KillVerdict.of(ACKNOWLEDGED, SENT, stored, SAME, differs, true)
                        .isKept())
                .isFalse();
        assertThat(KillVerdict.of(ACKNOWLEDGED, SENT, stored, SAME, SAME, false).isKept())
                .isFalse();
    }
}
