package dev.freshet.benchmarks.reactive;

import dev.freshet.benchmarks.Benchmark;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import dev.freshet.functions.CommitLogFile;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.MutationOutcome;
import dev.freshet.functions.QuerySubscription;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code reactive}: commits, subscriptions and conflicts on the reactive tier alone, in this process: functions are called as a
 * socket would call them, without sockets.
 */
public final class ReactiveBenchmark implements Benchmark {
    private static final Caller NOBODY = Caller.anonymous();
    private static final int KEYS = 1_000;
    private static final int COUNTED_ROWS = 200_000;
    private static final int PUSHES = 300;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage().description("Measures the reactive tier alone: commits, conflicts, subscriptions.");
        spec.addOption(OptionSpec.builder("--seconds")
                .type(Integer.class)
                .paramLabel("N")
                .description("how long each row of commits is measured, after half as long to warm up; unset: 4")
                .build());
    }

    @Override
    public int run(Path root, ParseResult arguments) throws Exception {
        int seconds = arguments.matchedOptionValue("--seconds", 4);
        BenchmarkReport report = new BenchmarkReport("reactive");
        for (int subscriptions : new int[] {0, 100, 10_000}) {
            try (ReactiveRuntime tier = BenchmarkModule.inMemory()) {
                List<QuerySubscription> others = new ArrayList<>();
                for (int index = 0; index < subscriptions; index++) {
                    others.add(tier.watch("bench:read", BenchmarkModule.key("other" + index), NOBODY, result -> {}));
                }
                commits(tier, "memory commits, other subscriptions " + subscriptions, 256, seconds, report);
                others.forEach(QuerySubscription::close);
            }
        }
        try (ReactiveRuntime tier = BenchmarkModule.inMemory()) {
            conflicts(tier, 64, seconds, report);
        }
        for (int parallel : new int[] {1, 64, 256}) {
            try (TemporaryFolder folder = TemporaryFolder.create("reactive");
                    ReactiveRuntime tier = BenchmarkModule.durable(
                            CommitLogFile.open(folder.path().resolve("commits")))) {
                commits(tier, "durable commits, in flight " + parallel, parallel, seconds, report);
            }
        }
        for (int watchers : new int[] {1, 400, 5_000}) {
            try (ReactiveRuntime tier = BenchmarkModule.inMemory()) {
                pushes(tier, watchers, report);
            }
        }
        try (ReactiveRuntime tier = BenchmarkModule.inMemory()) {
            counts(tier, report);
        }
        report.print(System.out);
        System.out.println("\nwrote " + report.write(root));
        return 0;
    }

    private static void commits(ReactiveRuntime tier, String what, int parallel, int seconds, BenchmarkReport report)
            throws InterruptedException {
        LongFunction<ConvexObject> spread = number -> BenchmarkModule.key("key" + number % KEYS);
        rate(tier, spread, parallel, seconds / 2.0);
        report.add(what, "commits/s", rate(tier, spread, parallel, seconds));
    }

    private static void conflicts(ReactiveRuntime tier, int parallel, int seconds, BenchmarkReport report)
            throws InterruptedException {
        LongFunction<ConvexObject> one = number -> BenchmarkModule.key("hot");
        rate(tier, one, parallel, seconds / 2.0);
        long conflictsBefore = tier.figures().mutationConflicts();
        report.add(
                "conflicts: " + parallel + " in flight on one document",
                "commits/s",
                rate(tier, one, parallel, seconds),
                "runs repeated",
                tier.figures().mutationConflicts() - conflictsBefore);
    }

    /** Mutations a second with so many in flight. */
    private static long rate(ReactiveRuntime tier, LongFunction<ConvexObject> arguments, int parallel, double seconds)
            throws InterruptedException {
        Semaphore free = new Semaphore(parallel);
        AtomicLong committed = new AtomicLong();
        long beganNs = System.nanoTime();
        long number = 0;
        while (System.nanoTime() - beganNs < seconds * 1e9) {
            free.acquire();
            var _ = tier.calls()
                    .mutation("bench:add", arguments.apply(number++), NOBODY, Optional.empty(), CommitHook.NONE)
                    .whenComplete((outcome, failure) -> {
                        if (outcome instanceof MutationOutcome.Committed) {
                            committed.incrementAndGet();
                        }
                        free.release();
                    });
        }
        free.acquire(parallel);
        if (committed.get() != number) {
            throw new IllegalStateException((number - committed.get()) + " mutations did not commit");
        }
        return (long) (committed.get() / ((System.nanoTime() - beganNs) / 1e9));
    }

    /** From the call of a mutation until each watcher of what it changes has its result. */
    private static void pushes(ReactiveRuntime tier, int watchers, BenchmarkReport report) throws InterruptedException {
        Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        AtomicLong calledNs = new AtomicLong(System.nanoTime());
        AtomicLong expected = new AtomicLong();
        List<QuerySubscription> all = new ArrayList<>();
        List<CountDownLatch> rounds = new ArrayList<>();
        for (int round = 0; round <= PUSHES; round++) {
            rounds.add(new CountDownLatch(watchers));
        }
        for (int index = 0; index < watchers; index++) {
            all.add(tier.watch("bench:read", BenchmarkModule.key("hot"), NOBODY, result -> {
                long value = valueOf(result);
                if (value == expected.get()) {
                    synchronized (latencies) {
                        latencies.recordValue(System.nanoTime() - calledNs.get());
                    }
                    rounds.get((int) value).countDown();
                }
            }));
        }
        rounds.getFirst().await();
        latencies.reset();
        long runsBefore = tier.figures().queryRuns();
        for (int round = 1; round <= PUSHES; round++) {
            expected.set(round);
            calledNs.set(System.nanoTime());
            var _ = tier.mutation("bench:add", BenchmarkModule.key("hot"), NOBODY);
            rounds.get(round).await();
            if (round == PUSHES / 3) {
                synchronized (latencies) {
                    latencies.reset();
                }
            }
        }
        report.add(
                "commit to watcher, without sockets, watchers " + watchers,
                "p50 ms",
                latencies.getValueAtPercentile(50) / 1e6,
                "p99 ms",
                latencies.getValueAtPercentile(99) / 1e6,
                "query runs a commit",
                (double) (tier.figures().queryRuns() - runsBefore) / PUSHES);
        all.forEach(QuerySubscription::close);
    }

    private static long valueOf(FunctionResult result) {
        return result instanceof FunctionResult.Success(ConvexFloat64(double value)) ? (long) value : -1;
    }

    private static void counts(ReactiveRuntime tier, BenchmarkReport report) {
        for (int written = 0; written < COUNTED_ROWS; written += BenchmarkModule.FILLED_AT_ONCE) {
            var _ = tier.mutation("bench:fill", ConvexObject.empty(), NOBODY);
        }
        long beganNs = System.nanoTime();
        int rounds = 20_000;
        ConvexValue count = ConvexValue.ofNull();
        for (int round = 0; round < rounds; round++) {
            count = tier.read(tables ->
                    ConvexValue.of(tables.query(BenchmarkModule.FILLED).count()));
        }
        report.add(
                "count of " + COUNTED_ROWS + " documents",
                "µs a count",
                (System.nanoTime() - beganNs) / 1e3 / rounds,
                "counted",
                (long) ((ConvexFloat64) count).value());
    }
}
