package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.CallerFacts;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Guard;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.TimestampCeiling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReactiveRuntimeTest {
    private static final Caller NOBODY = Caller.anonymous();

    private final Rows rows = new Rows();
    private final AtomicInteger teamRuns = new AtomicInteger();
    private final ReactiveRuntime runtime = ReactiveRuntime.builder()
            .module(Ledger.module())
            .module(FunctionModule.named("demand")
                    .query("row")
                    .argument("key", Validator.string())
                    .handler((context, arguments) -> context.db()
                            .get("rows", arguments.string("key"))
                            .<ConvexValue>map(row -> row.value("value"))
                            .orElse(ConvexValue.ofNull()))
                    .query("team")
                    .caller(CallerFacts.TEAM)
                    .guard(Guard.teamMember())
                    .handler((context, arguments) -> {
                        teamRuns.incrementAndGet();
                        return ConvexValue.of(context.caller().requireTeam());
                    })
                    .build())
            .demandTable("rows", Duration.ZERO, rows)
            .start();

    @AfterEach
    void stop() {
        runtime.close();
    }

    /** Notes what is demanded and released. */
    private static final class Rows implements DemandProvider {
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void demanded(String key) {
            calls.add("demanded " + key);
        }

        @Override
        public void released(String key) {
            calls.add("released " + key);
        }
    }

    @Test
    void aMutationIsSeenAfterwardsAndAFailedOneLeavesNothing() {
        runtime.mutation("ledger:add", Ledger.add("ada", "north", 5), NOBODY);

        assertThat(balance("ada")).isEqualTo(5);
        assertThatThrownBy(() -> runtime.mutation("ledger:fail", Ledger.named("ada"), NOBODY))
                .hasMessageContaining("ledger:fail");
        assertThat(balance("ada")).isEqualTo(5);
    }

    @Test
    void sixtyFourWritersOnOneDocumentAllSucceed() throws Exception {
        int writers = 64;
        int each = 20;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                all.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        runtime.mutation("ledger:add", Ledger.add("hot", "north", 1), NOBODY);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(balance("hot")).isEqualTo(writers * each);
    }

    @Test
    void aCommitElsewhereRunsNothingAgainAndAnUnchangedResultIsNotDelivered() throws Exception {
        runtime.mutation("ledger:add", Ledger.add("ada", "north", 5), NOBODY);
        Watcher total = watch("ledger:total", ConvexObject.of("branch", ConvexValue.of("north")));
        Watcher missing = watch("ledger:balance", Ledger.named("nobody yet"));
        assertThat(total.next()).isEqualTo(ConvexValue.of(5.0));
        assertThat(missing.next()).isEqualTo(ConvexValue.of(0.0));
        long runs = runtime.figures().queryRuns();

        runtime.mutation("ledger:add", Ledger.add("bob", "south", 7), NOBODY);
        runtime.mutation("ledger:add", Ledger.add("ada", "north", 0), NOBODY);
        runtime.mutation("ledger:add", Ledger.add("ada", "north", 1), NOBODY);

        assertThat(total.next()).isEqualTo(ConvexValue.of(6.0));
        assertThat(total.nothingMore()).isTrue();
        assertThat(missing.nothingMore()).isTrue();
        assertThat(runtime.figures().queryRuns() - runs).isBetween(1L, 2L);

        runtime.mutation("ledger:add", Ledger.add("nobody yet", "south", 3), NOBODY);
        assertThat(missing.next()).isEqualTo(ConvexValue.of(3.0));
        total.close();
        missing.close();
    }

    @Test
    void equalQueriesOfManyAreOneRun() throws Exception {
        List<Watcher> watchers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            watchers.add(watch("ledger:balance", Ledger.named("ada")));
        }
        for (Watcher watcher : watchers) {
            assertThat(watcher.next()).isEqualTo(ConvexValue.of(0.0));
        }
        long runs = runtime.figures().queryRuns();
        assertThat(runs).isLessThan(20);

        runtime.mutation("ledger:add", Ledger.add("ada", "north", 2), NOBODY);
        for (Watcher watcher : watchers) {
            assertThat(watcher.next()).isEqualTo(ConvexValue.of(2.0));
        }
        assertThat(runtime.figures().queryRuns() - runs).isLessThanOrEqualTo(2);
        watchers.forEach(Watcher::close);
    }

    @Test
    void aTeamsManyPeopleShareOneRunAndWhoIsRefusedHasNone() throws Exception {
        List<BlockingQueue<FunctionResult>> heard = new ArrayList<>();
        List<QuerySubscription> subscriptions = new ArrayList<>();
        for (int person = 0; person < 200; person++) {
            Set<String> rights = person % 2 == 0 ? Set.of() : Set.of("right " + person);
            heard.add(new LinkedBlockingQueue<>());
            subscriptions.add(watchTeam(Caller.member("person " + person, "team", rights), heard.getLast()));
        }
        BlockingQueue<FunctionResult> refused = new LinkedBlockingQueue<>();
        subscriptions.add(watchTeam(NOBODY, refused));
        for (BlockingQueue<FunctionResult> ofOne : heard) {
            assertThat(ofOne.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of("team")));
        }
        assertThat(refused.poll(20, TimeUnit.SECONDS)).isInstanceOf(FunctionResult.Failure.class);
        assertThat(teamRuns).hasValue(1);

        BlockingQueue<FunctionResult> ofOtherTeam = new LinkedBlockingQueue<>();
        subscriptions.add(watchTeam(Caller.member("person 1", "other", Set.of()), ofOtherTeam));
        assertThat(ofOtherTeam.poll(20, TimeUnit.SECONDS))
                .isEqualTo(new FunctionResult.Success(ConvexValue.of("other")));
        assertThat(teamRuns).hasValue(2);
        subscriptions.forEach(QuerySubscription::close);
    }

    private QuerySubscription watchTeam(Caller caller, BlockingQueue<FunctionResult> results) {
        return runtime.watch("demand:team", ConvexObject.empty(), caller, results::add);
    }

    @Test
    void aDemandedRowIsAbsentAtFirstThenPushedAndLetGo() throws Exception {
        Watcher first = watch("demand:row", ConvexObject.of("key", ConvexValue.of("k")));
        Watcher second = watch("demand:row", ConvexObject.of("key", ConvexValue.of("k")));
        assertThat(first.next()).isEqualTo(ConvexValue.ofNull());
        assertThat(second.next()).isEqualTo(ConvexValue.ofNull());
        until(() -> rows.calls.equals(List.of("demanded k")));

        publish("k", "v1");
        publish("other", "nobody asked");
        assertThat(first.next()).isEqualTo(ConvexValue.of("v1"));
        assertThat(second.next()).isEqualTo(ConvexValue.of("v1"));

        first.close();
        publish("k", "v2");
        assertThat(second.next()).isEqualTo(ConvexValue.of("v2"));
        assertThat(rows.calls).containsExactly("demanded k");
        second.close();
        until(() -> rows.calls.equals(List.of("demanded k", "released k")));
        until(() -> runtime.read(tables -> tables.get("rows", "k")).isEmpty());
        Watcher third = watch("demand:row", ConvexObject.of("key", ConvexValue.of("k")));
        assertThat(third.next()).isEqualTo(ConvexValue.ofNull());
        third.close();
    }

    @Test
    void aQueryThatNeverEndsIsStoppedAndOthersGoOn() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ConvexValue> endless =
                    threads.submit(() -> runtime.query("ledger:spin", ConvexObject.empty(), NOBODY));
            runtime.mutation("ledger:add", Ledger.add("ada", "north", 4), NOBODY);
            assertThat(balance("ada")).isEqualTo(4);
            assertThatThrownBy(endless::get).hasRootCauseInstanceOf(RuntimeException.class);
        }
        assertThat(balance("ada")).isEqualTo(4);
    }

    @Test
    void aListenerThatThrowsHarmsNobodyElse() throws Exception {
        QuerySubscription bad = runtime.watch("ledger:balance", Ledger.named("ada"), NOBODY, result -> {
            throw new IllegalStateException("a listener's own fault");
        });
        Watcher good = watch("ledger:balance", Ledger.named("ada"));
        assertThat(good.next()).isEqualTo(ConvexValue.of(0.0));
        runtime.mutation("ledger:add", Ledger.add("ada", "north", 1), NOBODY);
        assertThat(good.next()).isEqualTo(ConvexValue.of(1.0));
        bad.close();
        good.close();
    }

    @Test
    void timestampsDoNotGoBackAcrossARestart(@TempDir Path folder) {
        long before;
        try (ReactiveRuntime first = withCeiling(folder)) {
            first.mutation("ledger:add", Ledger.add("ada", "north", 1), NOBODY);
            before = first.figures().latestTimestampNs();
        }
        try (ReactiveRuntime second = withCeiling(folder)) {
            assertThat(second.figures().latestTimestampNs()).isGreaterThan(before);
        }
    }

    private static ReactiveRuntime withCeiling(Path folder) {
        return ReactiveRuntime.builder()
                .module(Ledger.module())
                .timestampCeiling(TimestampCeiling.inFile(folder.resolve("ceiling")))
                .start();
    }

    private double balance(String name) {
        return runtime.query("ledger:balance", Ledger.named(name), NOBODY)
                        instanceof dev.freshet.functions.value.ConvexFloat64(double value)
                ? value
                : Double.NaN;
    }

    private void publish(String key, String value) {
        runtime.demandTable("rows")
                .publish(Map.of(key, Optional.of(ConvexObject.of("value", ConvexValue.of(value)))))
                .toCompletableFuture()
                .join();
    }

    private Watcher watch(String path, ConvexObject arguments) {
        return new Watcher(path, arguments);
    }

    private final class Watcher {
        private final BlockingQueue<FunctionResult> results = new LinkedBlockingQueue<>();
        private final QuerySubscription subscription;

        Watcher(String path, ConvexObject arguments) {
            subscription = runtime.watch(path, arguments, NOBODY, results::add);
        }

        @Nullable
        ConvexValue next() throws InterruptedException {
            return results.poll(20, TimeUnit.SECONDS) instanceof FunctionResult.Success(ConvexValue value)
                    ? value
                    : null;
        }

        /** After a round trip through the committer and the executor nothing is left to come. */
        boolean nothingMore() throws InterruptedException {
            return results.poll(200, TimeUnit.MILLISECONDS) == null;
        }

        void close() {
            subscription.close();
        }
    }

    private static void until(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadlineNs);
            Thread.onSpinWait();
        }
    }
}
