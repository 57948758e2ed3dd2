package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reactive.Database;
import dev.freshet.runtime.HandTime;
import dev.freshet.runtime.Randomness;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PinnedSnapshotsTest {
    private final HandTime time = new HandTime(1_800_000_000_000L);
    private final PinnedSnapshots pinned = new PinnedSnapshots(time, time);

    @Test
    void aSnapshotIsLetGoWhenItsTimeIsOverThoughNobodyPinsAnother() {
        try (Database database =
                Database.builder(time, Randomness.secure(), time, Runnable::run).start()) {
            long timestampNs = pinned.pin(database.latest());
            time.advance(Duration.ofSeconds(30));
            assertThat(pinned.find(timestampNs)).isPresent();
            assertThat(pinned.count()).isOne();

            time.advance(Duration.ofSeconds(10));

            assertThat(pinned.count()).isZero();
            assertThat(pinned.find(timestampNs)).isEmpty();
            assertThat(time.waiting()).as("timers with nothing left to do").isZero();
        }
    }

    @Test
    void aSnapshotThatIsPinnedAgainIsKeptFromThenOn() {
        try (Database database =
                Database.builder(time, Randomness.secure(), time, Runnable::run).start()) {
            long timestampNs = pinned.pin(database.latest());
            time.advance(Duration.ofSeconds(30));
            pinned.pin(database.latest());
            time.advance(Duration.ofSeconds(30));
            assertThat(pinned.find(timestampNs)).isPresent();

            time.advance(Duration.ofSeconds(10));
            assertThat(pinned.count()).isZero();
        }
    }
}
