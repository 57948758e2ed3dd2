package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScheduledOverloadTest {
    private static final Caller NOBODY = Caller.anonymous();
    private static final ConvexObject NOTHING = ConvexObject.empty();

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger returned = new AtomicInteger();

    @AfterEach
    void open() {
        gate.countDown();
    }

    private FunctionModule module() {
        return FunctionModule.named("jobs")
                .mutation("hang")
                .handler((context, arguments) -> {
                    while (gate.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    returned.incrementAndGet();
                    return ConvexValue.ofNull();
                })
                .mutation("fail")
                .handler((context, arguments) -> {
                    throw new IllegalStateException("on purpose");
                })
                .mutation("work")
                .handler((context, arguments) -> ConvexValue.ofNull())
                .mutation("take")
                .argument("text", Validator.string())
                .handler((context, arguments) -> ConvexValue.ofNull())
                .build();
    }

    private static String schedule(ReactiveRuntime tier, Duration delay, String function, ConvexObject arguments) {
        ScheduledFunctions functions = new ScheduledFunctions(tier.registry(), tier.clock());
        return tier.writeOwn(transaction -> functions.schedule(
                transaction, Optional.empty(), functions.now().plus(delay), "jobs:" + function, arguments));
    }

    private static String state(ReactiveRuntime tier, String id) {
        return tier.read(tables -> tables.get(Scheduler.TABLE, id))
                .orElseThrow()
                .object("state")
                .string("kind");
    }

    private static void awaitState(ReactiveRuntime tier, String id, String kind) {
        Eventually.eventually("the state " + kind, () -> state(tier, id).equals(kind));
    }

    /** More than run at a moment, so that they would keep all others out if they kept their places. */
    @Test
    void whatFindsNoThreadWaitsAndOthersPassIt() {
        FunctionLimits standard = FunctionLimits.standard();
        FunctionLimits limits = new FunctionLimits(
                Duration.ofMillis(100),
                standard.actionTime(),
                standard.parallelFunctions(),
                standard.parallelActions(),
                standard.queuedFunctions(),
                standard.queuedCommits(),
                standard.scannedDocuments(),
                standard.writtenDocuments(),
                standard.absentDemandWait());
        try (ReactiveRuntime tier =
                ReactiveRuntime.builder().module(module()).limits(limits).start()) {
            for (int call = 0; call < 2; call++) {
                assertThatThrownBy(() -> tier.mutation("jobs:hang", NOTHING, NOBODY))
                        .isInstanceOf(FunctionFailedException.class);
            }
            List<String> waiting = new ArrayList<>();
            for (int index = 0; index < 70; index++) {
                waiting.add(schedule(tier, Duration.ZERO, "hang", NOTHING));
            }
            awaitState(tier, schedule(tier, Duration.ZERO, "work", NOTHING), "success");
            awaitState(tier, schedule(tier, Duration.ZERO, "fail", NOTHING), "failed");
            assertThat(waiting).allSatisfy(id -> assertThat(state(tier, id)).isEqualTo("pending"));

            gate.countDown();

            waiting.forEach(id -> awaitState(tier, id, "success"));
            assertThat(returned).hasValueGreaterThanOrEqualTo(70);
        }
    }

    @Test
    void allScheduledFunctionsTogetherTakeABoundedRoom() {
        // One text for all, so that the test does not take the room that it counts.
        ConvexObject large = ConvexObject.of("text", ConvexValue.of("a".repeat((4 << 20) - 1_024)));
        try (ReactiveRuntime tier = ReactiveRuntime.builder().module(module()).start()) {
            List<String> scheduled = new ArrayList<>();
            for (int index = 0; index < 64; index++) {
                scheduled.add(schedule(tier, Duration.ofHours(1), "take", large));
            }
            assertThatThrownBy(() -> schedule(tier, Duration.ofHours(1), "take", large))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("256 MiB")
                    .hasMessageContaining("cancel some");
            String small = schedule(tier, Duration.ZERO, "work", NOTHING);

            ScheduledFunctions functions = new ScheduledFunctions(tier.registry(), tier.clock());
            for (String id : scheduled) {
                boolean _ = tier.writeOwn(transaction -> {
                    functions.cancel(transaction, id);
                    return true;
                });
            }

            // Those that have ended go before their time, the oldest first, down to half of it.
            Eventually.eventually(
                    "room",
                    () -> tier.read(tables -> tables.query(Scheduler.TABLE).count()) <= 33);
            awaitState(tier, schedule(tier, Duration.ZERO, "take", large), "success");
            Optional<ConvexObject> oldest = tier.read(tables -> tables.get(Scheduler.TABLE, small));
            assertThat(oldest).isEmpty();
        }
    }
}
