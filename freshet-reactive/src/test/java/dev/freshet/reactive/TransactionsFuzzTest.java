package dev.freshet.reactive;

import static dev.freshet.reactive.TestDatabase.ITEMS;
import static dev.freshet.reactive.TestDatabase.group;
import static dev.freshet.reactive.TestDatabase.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Random transactions on several threads. Each writes what it has read into the record of what it did; replayed one after
 * the other in the order of their timestamps, each must read the same again.
 */
class TransactionsFuzzTest {
    private static final int THREADS = 4;
    private static final int TRANSACTIONS_EACH = 400;
    private static final String[] GROUPS = {"a", "b", "c"};

    private final long seed = System.nanoTime();

    @Test
    void concurrentTransactionsAreAsIfOneAfterTheOther() throws Exception {
        System.out.println("TransactionsFuzzTest seed " + seed);
        ConcurrentLinkedQueue<Done> done = new ConcurrentLinkedQueue<>();
        try (TestDatabase tables = new TestDatabase();
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Integer>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                SplittableRandom random = new SplittableRandom(seed + thread);
                running.add(threads.submit(() -> runMany(tables, random, done)));
            }
            int conflicts = 0;
            for (Future<Integer> each : running) {
                conflicts += each.get();
            }
            assertThat(done).hasSize(THREADS * TRANSACTIONS_EACH);
            System.out.println("TransactionsFuzzTest conflicts " + conflicts);
            replay(List.copyOf(done), tables);
        }
    }

    @Test
    void theReplayFindsATransactionThatReadSomethingElse() {
        Done first = new Done(10, List.of(new Step.Insert("1", "a", 5)));
        Done second = new Done(20, List.of(new Step.Sum("a", 4)));

        assertThat(firstDifference(List.of(first, second), new TreeMap<>())).isPresent();
    }

    private int runMany(TestDatabase tables, SplittableRandom random, ConcurrentLinkedQueue<Done> done) {
        int conflicts = 0;
        for (int count = 0; count < TRANSACTIONS_EACH; count++) {
            boolean committed = false;
            for (int run = 0; !committed; run++) {
                committed = run < 2 ? runOnce(tables, random, done) : runSerially(tables, random, done);
                conflicts += committed ? 0 : 1;
            }
        }
        return conflicts;
    }

    private boolean runOnce(TestDatabase tables, SplittableRandom random, ConcurrentLinkedQueue<Done> done) {
        Transaction transaction = tables.begin();
        List<Step> steps = steps(transaction, random);
        if (tables.commit(transaction) instanceof CommitOutcome.Committed(long timestampNs)) {
            done.add(new Done(timestampNs, steps));
            return true;
        }
        return false;
    }

    private boolean runSerially(TestDatabase tables, SplittableRandom random, ConcurrentLinkedQueue<Done> done) {
        CompletableFuture<List<Step>> steps = new CompletableFuture<>();
        CommitOutcome outcome = tables.database
                .commitSerially(
                        snapshot -> {
                            Transaction transaction = tables.database.begin(snapshot, () -> false);
                            steps.complete(steps(transaction, random));
                            return transaction;
                        },
                        CommitHook.NONE)
                .join();
        done.add(new Done(((CommitOutcome.Committed) outcome).timestampNs(), steps.join()));
        return true;
    }

    private List<Step> steps(Transaction transaction, SplittableRandom random) {
        List<Step> steps = new ArrayList<>();
        for (int count = random.nextInt(1, 5); count > 0; count--) {
            steps.add(step(transaction, random));
        }
        return steps;
    }

    private Step step(Transaction transaction, SplittableRandom random) {
        String in = GROUPS[random.nextInt(GROUPS.length)];
        List<ConvexObject> present =
                transaction.query(ITEMS).withIndex("by_group", group(in)).collect();
        return switch (random.nextInt(4)) {
            case 0 -> {
                yield new Step.Sum(in, sum(present));
            }
            case 1 -> {
                // A value made of what was read, so that a lost update shows.
                double rank = sum(present) % 1_000 + 1;
                String id = transaction.insert(ITEMS, item(in, (long) rank));
                yield new Step.Insert(id, in, rank);
            }
            case 2 -> {
                if (!present.isEmpty()) {
                    ConvexObject moved = present.get(random.nextInt(present.size()));
                    String to = GROUPS[random.nextInt(GROUPS.length)];
                    transaction.patch(ITEMS, moved.string("_id"), ConvexObject.of("group", ConvexValue.of(to)));
                    yield new Step.Insert(moved.string("_id"), to, moved.number("rank"));
                }
                yield new Step.Sum(in, 0);
            }
            default -> {
                if (present.size() > 3) {
                    String id = present.getFirst().string("_id");
                    transaction.delete(ITEMS, id);
                    yield new Step.Delete(id);
                }
                yield new Step.Count(
                        in,
                        transaction
                                .query(ITEMS)
                                .withIndex("by_group", group(in))
                                .count());
            }
        };
    }

    private static double sum(List<ConvexObject> items) {
        return items.stream().mapToDouble(item -> item.number("rank")).sum();
    }

    private void replay(List<Done> done, TestDatabase tables) {
        TreeMap<String, Row> model = new TreeMap<>();

        assertThat(firstDifference(done, model)).as("seed %d", seed).isEmpty();
        TreeMap<String, Row> stored = new TreeMap<>();
        for (ConvexObject item : tables.begin().query(ITEMS).collect()) {
            stored.put(item.string("_id"), new Row(item.string("group"), item.number("rank")));
        }
        assertThat(stored).as("seed %d", seed).isEqualTo(model);
    }

    private static Optional<String> firstDifference(List<Done> done, Map<String, Row> model) {
        List<Done> inOrder = new ArrayList<>(done);
        inOrder.sort(Comparator.comparingLong(Done::timestampNs));
        for (Done transaction : inOrder) {
            for (Step step : transaction.steps) {
                switch (step) {
                    case Step.Insert(String id, String in, double rank) -> model.put(id, new Row(in, rank));
                    case Step.Delete(String id) -> model.remove(id);
                    case Step.Sum(String in, double sum) -> {
                        double expected = model.values().stream()
                                .filter(row -> row.group.equals(in))
                                .mapToDouble(Row::rank)
                                .sum();
                        if (expected != sum) {
                            return Optional.of(transaction + " read " + sum + " where there was " + expected);
                        }
                    }
                    case Step.Count(String in, long count) -> {
                        long expected = model.values().stream()
                                .filter(row -> row.group.equals(in))
                                .count();
                        if (expected != count) {
                            return Optional.of(transaction + " counted " + count + " where there were " + expected);
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    private record Row(String group, double rank) {}

    private record Done(long timestampNs, List<Step> steps) {}

    private sealed interface Step {
        record Sum(String group, double sum) implements Step {}

        record Count(String group, long count) implements Step {}

        /** Puts a row, new or in place of one with this id. */
        record Insert(String id, String group, double rank) implements Step {}

        record Delete(String id) implements Step {}
    }
}
