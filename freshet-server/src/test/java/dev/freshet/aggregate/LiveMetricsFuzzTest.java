package dev.freshet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random events, metrics, times and interleavings against the direct computation. A failing seed is printed; run it alone
 * with {@code -Dfreshet.seed=N}.
 */
final class LiveMetricsFuzzTest {
    private static final int CASES = 400;
    private static final int STEPS = 120;

    @Test
    void everyLiveAnswerEqualsTheDirectComputation() {
        Long only = Long.getLong("freshet.seed");
        long first = only == null ? System.nanoTime() : only;
        long compared = 0;
        for (long seed = first; seed < first + (only == null ? CASES : 1); seed++) {
            try {
                compared += run(new Random(seed));
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + seed + ": " + failure, failure);
            }
        }
        System.out.println("LiveMetricsFuzzTest: seed " + first + ", " + compared + " answers compared");
        assertThat(compared).isPositive();
    }

    private static long run(Random random) {
        LiveWorld world = new LiveWorld(LiveMetricsOptions.defaults().withLinger(Duration.ofSeconds(20)));
        RandomScene scene = new RandomScene(random);
        List<LiveMetricKey> keys = new ArrayList<>();
        Set<LiveMetricKey> released = new HashSet<>();
        for (int key = 0; key < 6; key++) {
            keys.add(scene.key());
        }
        world.append(scene.event(world.nowMs));
        world.insert();
        world.feed();
        world.meanwhile = () -> {
            if (random.nextInt(3) == 0) {
                outsideStep(world, scene, random);
            }
        };
        long compared = 0;
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    LiveMetricKey key = keys.get(random.nextInt(keys.size()));
                    released.remove(key);
                    world.demand(key);
                }
                case 2 -> world.runStart();
                case 3 -> world.receive();
                case 4 -> {
                    LiveMetricKey key = keys.get(random.nextInt(keys.size()));
                    released.add(key);
                    world.release(key);
                }
                case 5 -> {
                    world.settle();
                    compared += check(world, released, true);
                }
                case 6 -> compared += check(world, released, false);
                default -> outsideStep(world, scene, random);
            }
        }
        world.settle();
        world.deliverAll();
        compared += check(world, released, true);
        assertThat(world.openReaders).isZero();
        assertNothingIsKept(world, keys);
        return compared;
    }

    /** Every reservation is given back, once. */
    private static void assertNothingIsKept(LiveWorld world, List<LiveMetricKey> keys) {
        keys.forEach(world::release);
        world.pass(Duration.ofSeconds(20));
        world.publish();
        assertThat(world.counters.metricCount()).isZero();
        assertThat(world.memory.reservedBytes()).isZero();
    }

    private static void outsideStep(LiveWorld world, RandomScene scene, Random random) {
        switch (random.nextInt(8)) {
            case 0 -> world.insert();
            case 1, 2 -> world.deliver();
            case 3 -> world.pass(Duration.ofMillis(random.nextInt(2_500)));
            case 4 ->
                world.pass(
                        switch (random.nextInt(6)) {
                            case 0 -> Duration.ofMinutes(random.nextInt(3));
                            case 1 -> Duration.ofHours(random.nextInt(2));
                            default -> Duration.ofSeconds(random.nextInt(4));
                        });
            default -> {
                TestEvent[] block = new TestEvent[1 + random.nextInt(4)];
                for (int event = 0; event < block.length; event++) {
                    block[event] = scene.event(world.nowMs);
                }
                world.append(block);
            }
        }
    }

    private static long check(LiveWorld world, Set<LiveMetricKey> released, boolean isTick) {
        if (isTick) {
            world.pass(Duration.ofSeconds(1));
        }
        world.publish();
        long compared = 0;
        for (LiveMetricKey key : List.copyOf(world.published.keySet())) {
            // Sessions ahead of the present by less than a second are counted with the next tick.
            boolean waitsForTick = !isTick && key.request().metric() instanceof Metric.ActiveSessions;
            if (released.contains(key) || waitsForTick || !world.aggregation.isCurrent(key)) {
                continue;
            }
            MetricResult direct = DirectAnswer.of(world.aggregated(), key, world.nowMs);
            assertThat(world.published.get(key)).as(key.text()).isEqualTo(direct);
            compared++;
        }
        return compared;
    }
}
