package dev.freshet.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.documents.EventQuota;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class EventQuotasTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final WriteKeyGrant KEY = new WriteKeyGrant("team", "key");

    private long nowNs = 17;

    private EventQuotas quotas(int eventsPerSecond, int burst) {
        return new EventQuotas(Optional.of(new EventQuota(eventsPerSecond, burst)), () -> nowNs);
    }

    private static WriteKeyGrant key(String keyId, int eventsPerSecond, int burst) {
        return new WriteKeyGrant("team", keyId, Optional.of(new EventQuota(eventsPerSecond, burst)));
    }

    @Test
    void theBurstIsTakenAtOnceAndThenTheRateHolds() {
        EventQuotas quotas = quotas(10, 100);

        assertThat(quotas.take(KEY, 100)).isEmpty();
        assertThat(quotas.take(KEY, 1)).contains(Duration.ofMillis(100));
        assertThat(quotas.wait(KEY)).contains(Duration.ofMillis(100));
        nowNs += SECOND_NS / 10;
        assertThat(quotas.wait(KEY)).isEmpty();
        assertThat(quotas.take(KEY, 2)).contains(Duration.ofMillis(100));
        assertThat(quotas.take(KEY, 1)).isEmpty();
        nowNs += 100 * SECOND_NS;
        assertThat(quotas.take(KEY, 100)).isEmpty();
        assertThat(quotas.take(KEY, 1)).isPresent();
    }

    @Test
    void aRequestLargerThanTheBurstIsTakenWhenNothingWasSentAndPaidForAfterwards() {
        EventQuotas quotas = quotas(10, 100);

        assertThat(quotas.take(KEY, 1_000)).isEmpty();
        assertThat(quotas.take(KEY, 1)).contains(Duration.ofMillis(90_100));
        nowNs += Duration.ofMillis(90_100).toNanos();
        assertThat(quotas.take(KEY, 1)).isEmpty();
        assertThat(quotas.take(KEY, 1_000)).contains(Duration.ofSeconds(10));
    }

    @Test
    void keysDoNotShareAndAKeysOwnQuotaComesFirst() {
        EventQuotas quotas = quotas(1, 1);
        WriteKeyGrant own = key("own", 1, 50);

        assertThat(quotas.take(KEY, 1)).isEmpty();
        assertThat(quotas.take(KEY, 1)).isPresent();
        assertThat(quotas.take(new WriteKeyGrant("team", "other"), 1)).isEmpty();
        assertThat(quotas.take(own, 50)).isEmpty();
        assertThat(quotas.take(own, 1)).isPresent();
        assertThat(quotas.take(key("own", 1, 60), 60))
                .as("a quota that was changed")
                .isEmpty();
    }

    @Test
    void theAdminKeyAndKeysWithoutAnyQuotaHaveNoLimit() {
        EventQuotas none = new EventQuotas(Optional.empty(), () -> nowNs);

        assertThat(none.take(KEY, 1_000_000)).isEmpty();
        assertThat(none.take(KEY, 1_000_000)).isEmpty();
        assertThat(quotas(1, 1).take(WriteKeyGrant.administrator("team"), 1_000_000))
                .isEmpty();
        assertThat(quotas(1, 1).take(WriteKeyGrant.administrator("team"), 1_000_000))
                .isEmpty();
    }

    @Test
    void whoeverWaitsAsToldIsTakenAndTheAverageNeverPassesTheQuota() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        int rate = 1 + random.nextInt(1_000);
        int burst = 1 + random.nextInt(5_000);
        EventQuotas quotas = quotas(rate, burst);
        long startNs = nowNs;
        long taken = 0;
        int last = 0;
        for (int request = 0; request < 2_000; request++) {
            int events = 1 + random.nextInt(2 * burst);
            Optional<Duration> wait = quotas.take(KEY, events);
            if (wait.isPresent()) {
                nowNs += wait.get().toNanos();
                assertThat(quotas.take(KEY, events))
                        .as("seed %d, request %d", seed, request)
                        .isEmpty();
            }
            taken += events;
            last = events;
            double allowed = burst + (nowNs - startNs) / 1e9 * rate + Math.max(0, last - burst);
            assertThat((double) taken).as("seed %d, request %d", seed, request).isLessThanOrEqualTo(allowed + 1);
            nowNs += random.nextInt(3) * SECOND_NS / 7;
        }
    }
}
