package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random concurrent transactions that depend on each other: run one after the other in the order of their commit timestamps
 * they must give exactly the results and the tables that they gave side by side, and whoever watched must have seen only
 * states of that one history, in its order, the last one last.
 */
@Timeout(120)
class SerializabilityFuzzTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");

    private record Move(long timestampNs, String from, String to, double amount) {}

    @Test
    void concurrentMutationsAreAsIfOneAfterTheOther() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        for (int round = 0; round < 10; round++) {
            check(new Random(seed + round), SerializabilityFuzzTest::move);
        }
    }

    @Test
    void movesThatReadInAnotherTransactionThanTheyWriteAreNoticed() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        assertThatThrownBy(() -> check(new Random(seed), SerializabilityFuzzTest::moveInParts))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Move[");
    }

    /** One move between random accounts. */
    @FunctionalInterface
    private interface Mover {
        Move move(ReactiveRuntime runtime, Random random);
    }

    private static void check(Random random, Mover mover) throws Exception {
        try (ReactiveRuntime runtime =
                ReactiveRuntime.builder().module(Ledger.module()).start()) {
            TreeMap<String, Double> model = new TreeMap<>();
            for (String name : NAMES) {
                double start = 1_000 + random.nextInt(1_000);
                runtime.mutation("ledger:add", Ledger.add(name, "north", start), Caller.anonymous());
                model.put(name, start);
            }
            List<Map<String, Double>> seen = Collections.synchronizedList(new ArrayList<>());
            QuerySubscription watcher = runtime.watch(
                    "ledger:all", ConvexObject.empty(), Caller.anonymous(), result -> seen.add(balances(result)));
            ConcurrentLinkedQueue<Move> moves = new ConcurrentLinkedQueue<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> writers = new ArrayList<>();
                for (int writer = 0; writer < 8; writer++) {
                    Random own = new Random(random.nextLong());
                    writers.add(threads.submit(() -> {
                        for (int i = 0; i < 40; i++) {
                            moves.add(mover.move(runtime, own));
                        }
                    }));
                }
                for (Future<?> writer : writers) {
                    writer.get();
                }
            }
            List<Map<String, Double>> history = new ArrayList<>(List.of(Map.copyOf(model)));
            moves.stream().sorted(Comparator.comparingLong(Move::timestampNs)).forEach(move -> {
                double amount = Math.floor(model.getOrDefault(move.from, 0.0) / 2);
                assertThat(move.amount()).as("%s", move).isEqualTo(amount);
                model.merge(move.from, -amount, Double::sum);
                model.merge(move.to, amount, Double::sum);
                history.add(Map.copyOf(model));
            });
            assertThat(balances(new FunctionResult.Success(
                            runtime.query("ledger:all", ConvexObject.empty(), Caller.anonymous()))))
                    .isEqualTo(model);
            long deadlineNs = System.nanoTime() + 20_000_000_000L;
            while (seen.isEmpty() || !seen.getLast().equals(model)) {
                assertThat(System.nanoTime()).as("the last state is delivered").isLessThan(deadlineNs);
                Thread.onSpinWait();
            }
            watcher.close();
            int at = 0;
            for (Map<String, Double> state : List.copyOf(seen)) {
                while (at < history.size() && !history.get(at).equals(state)) {
                    at++;
                }
                assertThat(at)
                        .as("a state that was, not before the one seen last: %s", state)
                        .isLessThan(history.size());
            }
        }
    }

    private static Move move(ReactiveRuntime runtime, Random random) {
        String from = NAMES.get(random.nextInt(NAMES.size()));
        String to = NAMES.get(random.nextInt(NAMES.size()));
        ConvexObject arguments = ConvexObject.of("from", ConvexValue.of(from), "to", ConvexValue.of(to));
        CompletableFuture<MutationOutcome> outcome = runtime.calls()
                .mutation("ledger:moveHalf", arguments, Caller.anonymous(), Optional.empty(), CommitHook.NONE);
        return switch (outcome.join()) {
            case MutationOutcome.Committed(ConvexValue value, long timestampNs) ->
                new Move(timestampNs, from, to, ((ConvexFloat64) value).value());
            case MutationOutcome.Failed(FunctionResult.Failure failure) -> throw new AssertionError(failure.message());
        };
    }

    /** As a tier without transactions would do it. */
    private static Move moveInParts(ReactiveRuntime runtime, Random random) {
        String from = NAMES.get(random.nextInt(NAMES.size()));
        String to = NAMES.get(random.nextInt(NAMES.size()));
        ConvexFloat64 balance = (ConvexFloat64) runtime.query("ledger:balance", Ledger.named(from), Caller.anonymous());
        double amount = Math.floor(balance.value() / 2);
        var _ = runtime.mutation("ledger:add", Ledger.add(from, "north", -amount), Caller.anonymous());
        MutationOutcome added = runtime.calls()
                .mutation(
                        "ledger:add",
                        Ledger.add(to, "south", amount),
                        Caller.anonymous(),
                        Optional.empty(),
                        CommitHook.NONE)
                .join();
        return new Move(((MutationOutcome.Committed) added).timestampNs(), from, to, amount);
    }

    private static Map<String, Double> balances(FunctionResult result) {
        TreeMap<String, Double> balances = new TreeMap<>();
        if (result instanceof FunctionResult.Success(ConvexObject all)) {
            all.fields().keySet().forEach(name -> balances.put(name, all.number(name)));
        }
        return balances;
    }
}
