package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.CronDefinition;
import dev.freshet.functions.api.CronSchedule;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.Database;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Eventually;
import dev.freshet.runtime.HandTime;
import dev.freshet.runtime.Randomness;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CronRunnerTest {
    private static final ConvexObject NOTHING = ConvexObject.empty();
    private static final CronSchedule EACH_SECOND = CronSchedule.every(Duration.ofSeconds(1));

    @TempDir
    private Path folder;

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger ticks = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    /** Once they are there and a run is, the clock of a test is set back. */
    private volatile Optional<Database> tables = Optional.empty();

    @AfterEach
    void open() {
        gate.countDown();
    }

    /** Functions; {@code tick} only shows that crons run. */
    private FunctionModule.Builder module() {
        return FunctionModule.named("crons")
                .mutation("run")
                .internal()
                .handler((context, arguments) -> {
                    runs.incrementAndGet();
                    return ConvexValue.ofNull();
                })
                .mutation("tick")
                .internal()
                .handler((context, arguments) -> {
                    ticks.incrementAndGet();
                    return ConvexValue.ofNull();
                })
                .action("block")
                .internal()
                .handler((context, arguments) -> {
                    runs.incrementAndGet();
                    awaitThroughInterrupts(gate);
                    return ConvexValue.ofNull();
                });
    }

    private static void awaitThroughInterrupts(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException ignored) {
                // As code does that does not let itself be stopped.
            }
        }
    }

    private void awaitTicks(int more) {
        int before = ticks.get();
        Eventually.eventually("other crons to run", () -> ticks.get() >= before + more);
    }

    @Test
    void noTimeComesTwiceWhenTheClockIsSetBack() {
        HandTime time = new HandTime(Instant.parse("2026-11-28T12:00:30Z").toEpochMilli());
        // It goes back by a second while the first run is scheduled.
        Clock clock = new Clock() {
            @Override
            public long epochNs() {
                boolean isSetBack = tables.filter(database -> database.latest().size(ScheduledFunctions.TABLE) > 0)
                        .isPresent();
                return time.epochNs() - (isSetBack ? Duration.ofSeconds(1).toNanos() : 0);
            }

            @Override
            public long monotonicNs() {
                return time.monotonicNs();
            }
        };
        CronDefinition cron = new CronDefinition("crons/run", CronSchedule.cron("* * * * *"), "crons:run", NOTHING);
        ScheduledFunctions functions = new ScheduledFunctions(FunctionRegistry.of(List.of(module().build())), clock);
        ExecutorService notifications = Executors.newSingleThreadExecutor();
        try (Database database = Database.builder(clock, Randomness.secure(), time, notifications)
                        .managedTable(ScheduledFunctions.TABLE, ScheduledFunctions.indexes())
                        .start();
                CronRunner crons = new CronRunner(database, functions, id -> false, clock, time)) {
            tables = Optional.of(database);
            crons.start(List.of(cron));

            time.advance(Duration.ofSeconds(30));
            Eventually.eventually("the first run", () -> rows(database).size() == 1 && time.waiting() == 1);
            boolean _ = new OwnTransactions(database).run(transaction -> {
                functions.finish(transaction, rows(database).getFirst().string("_id"), Optional.empty());
                return true;
            });

            time.advance(Duration.ofSeconds(62));

            Eventually.eventually("the second run", () -> rows(database).size() == 2);
            assertThat(rows(database))
                    .extracting(row -> Instant.ofEpochMilli((long) row.number("scheduledTime")))
                    .containsExactly(Instant.parse("2026-11-28T12:01:00Z"), Instant.parse("2026-11-28T12:02:00Z"));
        } finally {
            notifications.shutdown();
        }
    }

    private static List<ConvexObject> rows(Database database) {
        return database.begin(database.latest(), () -> false)
                .query(ScheduledFunctions.TABLE)
                .collect();
    }

    @Test
    void anActionThatWasGivenUpButRunsOnIsNotRunBesideItself() {
        FunctionLimits standard = FunctionLimits.standard();
        FunctionLimits limits = new FunctionLimits(
                standard.transactionTime(),
                Duration.ofMillis(100),
                standard.parallelFunctions(),
                standard.parallelActions(),
                standard.queuedFunctions(),
                standard.queuedCommits(),
                standard.scannedDocuments(),
                standard.writtenDocuments(),
                standard.absentDemandWait());
        FunctionModule module = module().cron("block", EACH_SECOND, "crons:block", NOTHING)
                .cron("tick", EACH_SECOND, "crons:tick", NOTHING)
                .build();
        try (ReactiveRuntime tier =
                ReactiveRuntime.builder().module(module).limits(limits).start()) {
            Eventually.eventually(
                    "it to be given up",
                    () -> tier
                            .read(tables ->
                                    tables.query(ScheduledFunctions.TABLE).collect())
                            .stream()
                            .anyMatch(row -> row.object("state").string("kind").equals("failed")));
            awaitTicks(3);
            assertThat(runs).hasValue(1);

            gate.countDown();
            Eventually.eventually("it to run again", () -> runs.get() > 1);
        }
    }

    @Test
    void aRunThatWasScheduledBeforeARestartIsWaitedFor() {
        Path file = folder.resolve("commits");
        CronDefinition cron = new CronDefinition("crons/run", EACH_SECOND, "crons:run", NOTHING);
        String before;
        try (ReactiveRuntime tier = ReactiveRuntime.builder()
                .module(module().build())
                .commitStore(CommitLogFile.open(file))
                .start()) {
            ScheduledFunctions functions = new ScheduledFunctions(tier.registry(), tier.clock());
            before = tier.writeOwn(transaction ->
                    functions.scheduleRun(transaction, cron, functions.now().plus(Duration.ofHours(1))));
        }
        FunctionModule withCrons = module().cron("run", EACH_SECOND, "crons:run", NOTHING)
                .cron("tick", EACH_SECOND, "crons:tick", NOTHING)
                .build();
        try (ReactiveRuntime tier = ReactiveRuntime.builder()
                .module(withCrons)
                .commitStore(CommitLogFile.open(file))
                .start()) {
            awaitTicks(3);
            assertThat(runs).hasValue(0);

            ScheduledFunctions functions = new ScheduledFunctions(tier.registry(), tier.clock());
            boolean _ = tier.writeOwn(transaction -> {
                functions.cancel(transaction, before);
                return true;
            });
            Eventually.eventually("the next run", () -> runs.get() > 0);
        }
    }

    @Test
    void twoCronsOfOneNameAreRefused() {
        FunctionModule twice = module().cron("run", EACH_SECOND, "crons:run", NOTHING)
                .cron("run", EACH_SECOND, "crons:tick", NOTHING)
                .build();

        assertThatThrownBy(() -> ReactiveRuntime.builder().module(twice).start())
                .hasMessageContaining("two crons named crons/run");
    }
}
