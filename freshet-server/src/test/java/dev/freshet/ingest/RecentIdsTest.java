package dev.freshet.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ingest.DuplicateFilter.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
    private static final long NOW = 1_772_366_400_000L;
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final long ROOMY = 64L * 1024 * 1024;

    private final RecentIds ids = new RecentIds(ROOMY);
    private final int team = ids.teamNumber("team");

    @Test
    void tellsARepeatForExactlyOneDayFromTheFirstReceipt() {
        assertThat(ids.offer(team, 1, 2, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(team, 1, 2, NOW)).isEqualTo(Verdict.REPEAT);
        assertThat(ids.offer(team, 1, 2, NOW + DAY_MS - 1)).isEqualTo(Verdict.REPEAT);
        assertThat(ids.offer(team, 1, 2, NOW + DAY_MS)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(team, 1, 2, NOW + 2 * DAY_MS - 1)).isEqualTo(Verdict.REPEAT);
    }

    @Test
    void keepsTeamsAndBothHalvesOfTheIdApart() {
        int other = ids.teamNumber("other");
        assertThat(other).isNotEqualTo(team).isEqualTo(ids.teamNumber("other"));
        assertThat(ids.offer(team, 1, 2, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(other, 1, 2, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(team, 2, 1, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(team, 1, 1, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(team, 0, 0, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(team, 0, 0, NOW)).isEqualTo(Verdict.REPEAT);
    }

    @Test
    void agreesWithAMapThroughAnyOffersAndWithdrawals() {
        long seed = Long.getLong("freshet.seed", System.nanoTime());
        System.out.println("RecentIdsTest seed " + seed);
        Random random = new Random(seed);
        Map<List<Long>, Long> model = new HashMap<>();
        long now = NOW;
        for (int step = 0; step < 300_000; step++) {
            now += random.nextInt(20_000);
            int number = ids.teamNumber("team" + random.nextInt(3));
            long high = random.nextInt(100);
            long low = random.nextInt(200);
            List<Long> key = List.of((long) number, high, low);
            Long first = model.get(key);
            boolean isRepeat = first != null && now - first < DAY_MS;
            Verdict verdict = ids.offer(number, high, low, now);
            assertThat(verdict).as("seed %d step %d", seed, step).isEqualTo(isRepeat ? Verdict.REPEAT : Verdict.FIRST);
            if (!isRepeat) {
                model.put(key, now);
                if (random.nextInt(3) == 0) {
                    ids.withdraw(number, high, low);
                    model.remove(key);
                }
            }
        }
        assertThat(ids.size()).isGreaterThan(1_000);
    }

    @Test
    void refusesWhenItsMemoryIsFullAndGoesOnOnceIdsExpire() {
        long limit = 1024 * 1024;
        RecentIds small = new RecentIds(limit);
        List<Long> taken = new ArrayList<>();
        long refused = 0;
        for (long low = 0; low < 100_000; low++) {
            switch (small.offer(0, 5, low, NOW)) {
                case FIRST -> taken.add(low);
                case NO_ROOM -> refused++;
                case REPEAT -> throw new AssertionError("nothing was repeated");
            }
        }
        assertThat(refused).isPositive();
        assertThat(taken).hasSizeGreaterThan(10_000);
        assertThat(small.memoryBytes()).isLessThanOrEqualTo(limit);
        assertThat(taken).allMatch(low -> small.offer(0, 5, low, NOW + 1) == Verdict.REPEAT);

        for (long low = 200_000; low < 210_000; low++) {
            assertThat(small.offer(0, 5, low, NOW + DAY_MS)).isEqualTo(Verdict.FIRST);
        }
        assertThat(small.memoryBytes()).isLessThanOrEqualTo(limit);
    }

    @Test
    void givesMemoryBackWhenIdsExpire() {
        for (long low = 0; low < 200_000; low++) {
            ids.offer(team, 5, low, NOW);
        }
        long full = ids.memoryBytes();
        for (long hour = 24; hour <= 48; hour++) {
            ids.offer(team, 6, hour, NOW + hour * 3_600_000);
        }
        assertThat(ids.size()).isLessThan(100);
        assertThat(ids.memoryBytes()).isLessThan(full / 4);
    }

    @Test
    void knowsWhatItIsToldAtStart() {
        ids.remember("team", 1, 1, NOW - 1_000, NOW);
        ids.remember("team", 1, 1, NOW - 1_000, NOW);
        ids.remember("team", 1, 2, NOW - DAY_MS, NOW);
        assertThat(ids.offer(team, 1, 1, NOW)).isEqualTo(Verdict.REPEAT);
        assertThat(ids.offer(team, 1, 2, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(ids.offer(team, 1, 1, NOW - 1_000 + DAY_MS)).isEqualTo(Verdict.FIRST);

        RecentIds small = new RecentIds(1);
        assertThatThrownBy(() -> {
                    for (long low = 0; low < 100_000; low++) {
                        small.remember("team", 1, low, NOW, NOW);
                    }
                })
                .isInstanceOf(IngestException.class);
    }
}
