package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.runtime.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes on, what is refused and what is kept while the disk fails, and after it is well again. */
@Timeout(120)
class FailingDiskTest {
    private static final Caller NOBODY = Caller.anonymous();
    private static final ConvexObject NOTHING = ConvexObject.empty();

    @TempDir
    private Path folder;

    private final ModelDisk disk = new ModelDisk();
    private final CountDownLatch gate = new CountDownLatch(1);

    private static FunctionModule module(CountDownLatch gate) {
        return FunctionModule.named("disk")
                .table(TableDefinition.named("kept").durable())
                .table(TableDefinition.named("seen"))
                .mutation("keep")
                .handler((context, arguments) -> add(context, "kept"))
                .mutation("see")
                .handler((context, arguments) -> add(context, "seen"))
                .mutation("both")
                .handler((context, arguments) -> {
                    add(context, "seen");
                    return add(context, "kept");
                })
                .mutation("later")
                .handler((context, arguments) ->
                        ConvexValue.of(context.scheduler().runAfter(Duration.ZERO, "disk:wait", NOTHING)))
                .action("wait")
                .internal()
                .handler((context, arguments) -> {
                    gate.await();
                    return ConvexValue.ofNull();
                })
                .query("count")
                .handler((context, arguments) ->
                        ConvexValue.of(context.db().query("kept").count()))
                .query("live")
                .handler((context, arguments) -> context.db()
                        .get("live", "row")
                        .map(row -> row.value("value"))
                        .orElse(ConvexValue.ofNull()))
                .build();
    }

    private static ConvexValue add(MutationContext context, String table) {
        var _ = context.db().insert(table, NOTHING);
        return ConvexValue.of(context.db().query(table).count());
    }

    private Path file() {
        return folder.resolve("commits");
    }

    private ReactiveRuntime start() {
        return start(CommitLogFile.open(file(), disk::open));
    }

    private ReactiveRuntime start(CommitLogFile log) {
        return ReactiveRuntime.builder()
                .module(module(gate))
                .demandTable("live", Duration.ofMinutes(1), new DemandProvider() {
                    @Override
                    public void demanded(String key) {
                        // The test publishes.
                    }

                    @Override
                    public void released(String key) {
                        // There is nothing to give back.
                    }
                })
                .commitStore(log)
                .start();
    }

    private static double run(ReactiveRuntime tier, String mutation) {
        return ((ConvexFloat64) tier.mutation("disk:" + mutation, NOTHING, NOBODY)).value();
    }

    private static CompletableFuture<MutationOutcome> send(
            ReactiveRuntime tier, String mutation, Optional<RequestKey> request) {
        return tier.calls().mutation("disk:" + mutation, NOTHING, NOBODY, request, CommitHook.NONE);
    }

    private static void assertRefused(ReactiveRuntime tier, String mutation) {
        assertThatThrownBy(() -> run(tier, mutation))
                .isInstanceOfSatisfying(
                        FunctionRefusedException.class,
                        refusal ->
                                assertThat(refusal.reason()).isEqualTo(FunctionRefusedException.Reason.STORAGE_FAILED))
                .hasMessageContaining("try again later");
    }

    private static long count(ReactiveRuntime tier, String table) {
        return tier.read(tables -> tables.query(table).count());
    }

    private static void publish(ReactiveRuntime tier, double value) {
        var _ = tier.demandTable("live")
                .publish(Map.of("row", Optional.of(ConvexObject.of("value", ConvexValue.of(value)))))
                .toCompletableFuture()
                .join();
    }

    private static FunctionResult value(double value) {
        return new FunctionResult.Success(ConvexValue.of(value));
    }

    /** The store tries to recover once a second. */
    private static void awaitKept(ReactiveRuntime tier) {
        Eventually.eventually("the disk to be used again", () -> {
            try {
                run(tier, "keep");
                return true;
            } catch (FunctionRefusedException stillRefused) {
                assertThat(stillRefused).hasMessageContaining("try again later");
                return false;
            }
        });
    }

    @Test
    void aFullDiskHoldsUpNothingButDurableCommits() throws Exception {
        goesOnBeside(() -> disk.isFull = true, () -> disk.isFull = false);
    }

    @Test
    void aDiskThatDoesNotSyncHoldsUpNothingButDurableCommits() throws Exception {
        goesOnBeside(() -> disk.syncsFail = true, () -> disk.syncsFail = false);
    }

    private void goesOnBeside(Runnable breakDisk, Runnable mendDisk) throws Exception {
        BlockingQueue<FunctionResult> counts = new LinkedBlockingQueue<>();
        BlockingQueue<FunctionResult> live = new LinkedBlockingQueue<>();
        long kept;
        try (ReactiveRuntime tier = start();
                QuerySubscription _ = tier.watch("disk:count", NOTHING, NOBODY, counts::add);
                QuerySubscription _ = tier.watch("disk:live", NOTHING, NOBODY, live::add)) {
            run(tier, "keep");
            awaitLast(counts, value(1));
            Eventually.eventually("the live row to be asked for", () -> {
                publish(tier, 0);
                return live.contains(value(0));
            });
            breakDisk.run();
            for (int time = 1; time <= 3; time++) {
                assertRefused(tier, "keep");
                assertRefused(tier, "both");
                assertThat(count(tier, "kept")).isEqualTo(1);
                assertThat(run(tier, "see")).isEqualTo(time);
                publish(tier, time);
                awaitLast(live, value(time));
            }
            mendDisk.run();
            awaitKept(tier);

            awaitLast(counts, value(2));
            assertThat(run(tier, "both")).isEqualTo(3);
            assertThat(count(tier, "seen")).isEqualTo(4);
            awaitLast(counts, value(3));
            kept = count(tier, "kept");
            assertKeptThroughLossOfPower(kept);
        }
    }

    private static void awaitLast(BlockingQueue<FunctionResult> results, FunctionResult wanted) throws Exception {
        FunctionResult next;
        do {
            next = results.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("a result before %s", wanted).isNotNull();
        } while (!wanted.equals(next));
    }

    private void assertKeptThroughLossOfPower(long kept) throws IOException {
        Path left = Files.createTempFile(folder, "left", "");
        disk.losePower(file(), left);
        try (ReactiveRuntime tier = start(CommitLogFile.open(left))) {
            assertThat(count(tier, "kept")).isEqualTo(kept);
        }
    }

    /** What waits behind a durable commit that fails is committed, as if that had not been. */
    @Test
    void whatWaitsBehindARefusedCommitHappensWithoutIt() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch queued = new CountDownLatch(1);
        try (ReactiveRuntime tier = start()) {
            run(tier, "keep");
            BlockingQueue<FunctionResult> counts = new LinkedBlockingQueue<>();
            try (QuerySubscription _ = tier.watch("disk:count", NOTHING, NOBODY, counts::add)) {
                awaitLast(counts, value(1));
                disk.syncsFail = true;
                // The committer is held in a hook while the others come, so that all of them share one sync.
                CompletableFuture<MutationOutcome> holding = tier.calls()
                        .mutation("disk:see", NOTHING, NOBODY, Optional.empty(), timestampNs -> {
                            busy.countDown();
                            awaitQuietly(queued);
                        });
                busy.await();
                List<CompletableFuture<MutationOutcome>> refused = new ArrayList<>();
                List<CompletableFuture<MutationOutcome>> others = new ArrayList<>();
                for (int index = 0; index < 3; index++) {
                    refused.add(send(tier, "keep", Optional.empty()));
                    others.add(tier.calls().mutation("disk:see", NOTHING, NOBODY, Optional.empty(), CommitHook.NONE));
                }
                Eventually.eventually("them to wait", () -> tier.figures().queuedCommits() >= 6);
                queued.countDown();

                for (CompletableFuture<MutationOutcome> one : refused) {
                    assertThatThrownBy(one::get).hasCauseInstanceOf(FunctionRefusedException.class);
                }
                for (CompletableFuture<MutationOutcome> one : others) {
                    assertThat(one.get()).isInstanceOf(MutationOutcome.Committed.class);
                }
                assertThat(holding.get()).isInstanceOf(MutationOutcome.Committed.class);
                assertThat(count(tier, "kept")).isEqualTo(1);
                assertThat(count(tier, "seen")).isEqualTo(4);

                disk.syncsFail = false;
                awaitKept(tier);
                awaitLast(counts, value(2));
                assertKeptThroughLossOfPower(2);
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRefusedRequestThatIsSentAgainHappensOnce() throws Exception {
        Optional<RequestKey> request = Optional.of(new RequestKey("session", 1));
        try (ReactiveRuntime tier = start()) {
            disk.isFull = true;
            assertThatThrownBy(() -> send(tier, "keep", request).get()).hasMessageContaining("try again later");
            disk.isFull = false;
            awaitKept(tier);

            MutationOutcome first = send(tier, "keep", request).get();
            assertThat(send(tier, "keep", request).get()).isEqualTo(first);
            assertThat(count(tier, "kept")).isEqualTo(2);
        }
    }

    @Test
    void anActionThatEndsWhileTheDiskFailsIsSaidToHaveEndedOnceItIsWell() {
        try (ReactiveRuntime tier = start()) {
            String id = ((ConvexString) tier.mutation("disk:later", NOTHING, NOBODY)).value();
            awaitState(tier, id, "inProgress");
            disk.isFull = true;
            assertRefused(tier, "keep");
            gate.countDown();
            Eventually.eventually("its end to be refused", () -> disk.refusals() > 2);
            assertThat(state(tier, id)).isEqualTo("inProgress");
            disk.isFull = false;

            awaitState(tier, id, "success");
        }
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
}
