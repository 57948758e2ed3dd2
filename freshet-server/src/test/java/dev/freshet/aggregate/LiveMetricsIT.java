package dev.freshet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.eventstore.MetricEngine;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.MetricResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Live answers, the SQL scan on the real engine and the direct computation: all three the same, for random events and
 * metrics. Run one seed alone with {@code -Dfreshet.seed=N}.
 */
class LiveMetricsIT {
    private static final int ROUNDS = 8;
    private static final int KEYS = 8;

    /** With everything that has a meaning in SQL, in bound parameters or in their arrays. */
    private static final List<String> NAMES = List.of(
            "/",
            "it's",
            "a\\b",
            "tab\there",
            "line\nbreak",
            "[x,'y']",
            "{name:String}",
            "",
            "\uD83D\uDE00",
            "\uFF21",
            "ä");

    /** Yesterday, so that the retention keeps all events; a minute before midnight, so that they lie in two partitions. */
    private static final long BEFORE_MIDNIGHT_MS = System.currentTimeMillis() / 86_400_000 * 86_400_000 - 62_750;

    private final long seed = Long.getLong("freshet.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final MetricEngine engine = new MetricEngine();
    private final MetricReader reader = new MetricReader(engine.store());

    @Test
    void liveEqualsScanEqualsDirectComputation() {
        System.out.println("LiveMetricsIT: seed " + seed);
        for (int round = 0; round < ROUNDS; round++) {
            compare(new RandomScene(random, "team-" + round, NAMES), "seed " + seed + ", round " + round);
        }
    }

    private void compare(RandomScene scene, String where) {
        LiveWorld world =
                new LiveWorld(LiveMetricsOptions.defaults(), Optional.of(engine.store()::query), engine::insert);
        world.nowMs = BEFORE_MIDNIGHT_MS;
        append(world, scene);
        append(world, scene);
        world.insert();
        append(world, scene);
        world.feed();
        List<LiveMetricKey> keys = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            keys.add(scene.key());
        }
        world.meanwhile = () -> {
            switch (random.nextInt(12)) {
                case 0 -> append(world, scene);
                case 1 -> world.deliver();
                case 2 -> world.insert();
                default -> {}
            }
        };
        keys.forEach(world::demand);
        world.settle();
        world.meanwhile = () -> {};
        for (int look = 0; look < 2; look++) {
            append(world, scene);
            world.insert();
            world.deliverAll();
            world.pass(look == 0 ? Duration.ofSeconds(1) : Duration.ofMillis(random.nextInt(400_000) + 1_000));
            world.publish();
            keys.forEach(key -> compareAll(world, key, where));
        }
    }

    private void append(LiveWorld world, RandomScene scene) {
        TestEvent[] block = new TestEvent[1 + random.nextInt(20)];
        for (int event = 0; event < block.length; event++) {
            block[event] = scene.event(world.nowMs);
        }
        world.append(block);
    }

    private void compareAll(LiveWorld world, LiveMetricKey key, String where) {
        MetricResult direct = DirectAnswer.of(world.events, key, world.nowMs);
        String which = where + ": " + key.text();
        assertThat(reader.scan(MetricScope.events(key.teamId()), key.request(), world.nowMs))
                .as("scan, %s", which)
                .isEqualTo(direct);
        assertThat(world.published.get(key)).as("live, %s", which).isEqualTo(direct);
    }
}
