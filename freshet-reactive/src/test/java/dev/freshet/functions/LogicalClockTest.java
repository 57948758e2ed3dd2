package dev.freshet.functions;

import static dev.freshet.runtime.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Granularity;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.HandTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogicalClockTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HandTime time = new HandTime(1_799_999_700_000L);
    private final Counted everySecond = new Counted("everySecond", LogicalClockTest::second);
    private final Counted everyMinute = new Counted(
            "everyMinute", context -> context.now(Granularity.MINUTE).getEpochSecond());
    private final Counted never = new Counted("never", context -> 7);
    private final Counted sameEverySecond = new Counted("sameEverySecond", context -> second(context) > 0 ? 1 : 0);

    private static long second(QueryContext context) {
        return context.now(Granularity.SECOND).getEpochSecond();
    }

    /** A query that counts its runs, and a listener that counts what it is told. */
    private static final class Counted {
        final String name;
        final ToLongFunction<QueryContext> result;
        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger told = new AtomicInteger();

        Counted(String name, ToLongFunction<QueryContext> result) {
            this.name = name;
            this.result = result;
        }

        ConvexValue run(QueryContext context) {
            runs.incrementAndGet();
            return ConvexValue.of(result.applyAsLong(context));
        }

        QuerySubscription watch(ReactiveRuntime runtime) {
            return runtime.watch(
                    "clock:" + name, ConvexObject.empty(), Caller.anonymous(), ignored -> told.incrementAndGet());
        }
    }

    private FunctionModule module() {
        FunctionModule.Builder module = FunctionModule.named("clock");
        for (Counted query : new Counted[] {everySecond, everyMinute, never, sameEverySecond}) {
            module = module.query(query.name).handler((context, arguments) -> query.run(context));
        }
        return module.build();
    }

    /** Time goes on while functions run, which must not use it up. */
    private static FunctionLimits limits() {
        FunctionLimits standard = FunctionLimits.standard();
        return new FunctionLimits(
                Duration.ofHours(1),
                standard.actionTime(),
                standard.parallelFunctions(),
                standard.parallelActions(),
                standard.queuedFunctions(),
                standard.queuedCommits(),
                standard.scannedDocuments(),
                standard.writtenDocuments(),
                standard.absentDemandWait());
    }

    @Test
    void aQueryRunsAgainAsOftenAsTheTimeThatItReadTicks() {
        try (ReactiveRuntime runtime = ReactiveRuntime.builder()
                .clock(time)
                .timer(time)
                .limits(limits())
                .module(module())
                .start()) {
            Counted[] all = {everySecond, everyMinute, never, sameEverySecond};
            for (Counted query : all) {
                var _ = query.watch(runtime);
                eventually("the first result", () -> query.told.get() == 1);
                assertThat(query.runs).hasValue(1);
            }

            for (int tick = 1; tick <= 3; tick++) {
                time.advance(SECOND);
                int runs = 1 + tick;
                eventually(
                        "a run of each that has read the second",
                        () -> everySecond.told.get() == runs && sameEverySecond.runs.get() == runs);
            }

            assertThat(everySecond.runs).hasValue(1 + 3);
            assertThat(everyMinute.runs).hasValue(1);
            assertThat(never.runs).hasValue(1);
            // Unchanged, so nobody is told.
            assertThat(sameEverySecond.told).hasValue(1);

            for (int tick = 1; tick <= 60; tick++) {
                time.advance(SECOND);
                int runs = 4 + tick;
                eventually(
                        "a run of each that has read the second",
                        () -> everySecond.told.get() == runs && sameEverySecond.runs.get() == runs);
            }
            eventually("the minute", () -> everyMinute.told.get() == 2);
            assertThat(everyMinute.runs).hasValue(1 + 1);
            assertThat(never.runs).hasValue(1);
            assertThat(sameEverySecond.told).hasValue(1);
        }
    }
}
