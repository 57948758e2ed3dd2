package dev.freshet.sync;

import static dev.freshet.runtime.Eventually.eventually;
import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.byOne;
import static dev.freshet.sync.ScriptedClient.counter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A socket that asks for much, beside others. */
@Timeout(120)
class SessionFairnessTest {
    private static final int MANY = 200;
    private static final int QUEUED = 60;

    private final SyncWorld world =
            new SyncWorld(Clock.system(), SyncLimits.standard(), SyncWorld.limits(Duration.ZERO, QUEUED));

    private static String[] slowQueries(int count) {
        return IntStream.range(0, count)
                .mapToObj(id -> adding(id, "example:waitForStep", "{\"number\":" + id + "}"))
                .toArray(String[]::new);
    }

    @Test
    void aSocketWithManySlowQueriesTakesNoMoreThanItsShareOfTheQueue() throws Exception {
        try (world) {
            ScriptedClient greedy = world.connect("greedy");
            ScriptedClient modest = world.connect("modest");
            greedy.modify(0, slowQueries(MANY));
            awaitRunning();

            modest.modify(0, adding(0, "counter:read", counter("a")));
            modest.mutate(0, "counter:add", byOne("a"));
            FutureTask<Void> answered = new FutureTask<>(() -> {
                modest.until("MutationResponse");
                modest.awaitValue(0, ConvexValue.of(1));
                return null;
            });
            Thread.ofVirtual().start(answered);
            int steps = 0;
            while (!answered.isDone() && steps < MANY) {
                world.module.steps.release();
                steps++;
                eventually("a step is taken", () -> world.module.steps.availablePermits() == 0);
                LockSupport.parkNanos(2_000_000); // for the modest socket's tasks, which take no step
            }
            answered.get();

            // Three runs of its own, each behind a share of the greedy socket's.
            assertThat(steps).isLessThanOrEqualTo(MANY / 2);
            assertThat(modest.closed).isNotDone();
            assertThat(greedy.closed).isNotDone();
            assertThat(greedy.hasHeardNothing()).isTrue();

            world.module.steps.release(MANY);
            greedy.next("Transition");
            assertThat(greedy.results).hasSize(MANY);
            assertThat(greedy.value(MANY - 1)).contains(ConvexValue.of(MANY - 1));
        }
    }

    @Test
    void resultsThatAreThereNeedNoShare() throws Exception {
        try (world) {
            world.module.steps.release(MANY);
            ScriptedClient first = world.connect("first");
            first.modify(0, slowQueries(MANY));
            first.next("Transition");
            ScriptedClient held = world.connect("held");
            held.modify(0, adding(0, "example:waitForStep", "{\"number\":-1}"));
            awaitRunning();

            ScriptedClient second = world.connect("second");
            second.modify(0, slowQueries(MANY));
            second.next("Transition");

            assertThat(second.results).hasSize(MANY);
        }
    }

    private void awaitRunning() {
        eventually("a query runs", world.module.steps::hasQueuedThreads);
    }
}
