package dev.freshet.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    @Test
    void increaseAlsoWithinAMillisecondAndWhenTheClockStepsBack() {
        EventIds ids = new EventIds(() -> -1L);
        long previous = 0;
        for (int index = 0; index < 10_000; index++) {
            long high = ids.nextHigh(1_700_000_000_000L - index / 1_000);
            assertThat(high).isGreaterThan(previous);
            assertThat(high >>> 12 & 0xf).isEqualTo(7);
            previous = high;
        }
        assertThat((previous >>> 16) - 1_700_000_000_000L).isBetween(0L, 5L);
    }

    @Test
    void areUuidsOfVersionSevenWithTheTimeInFront() {
        EventIds ids = new EventIds();
        Set<UUID> seen = new HashSet<>();
        for (int index = 0; index < 1_000; index++) {
            UUID id = new UUID(ids.nextHigh(1_700_000_000_000L + index), ids.nextLow());
            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(1_700_000_000_000L + index);
            assertThat(seen.add(id)).isTrue();
        }
    }
}
