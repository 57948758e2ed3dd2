package dev.freshet.reactive;

import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.HandTime;
import dev.freshet.runtime.Randomness;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** A database with one table, {@code items}, indexed by {@code (group, rank)}, and time that stands still. */
final class TestDatabase implements AutoCloseable {
    static final String ITEMS = "items";

    final HandTime time = new HandTime(1_000_000);
    final ExecutorService notifications = Executors.newFixedThreadPool(2);
    final Database database;

    TestDatabase() {
        this(builder -> builder);
    }

    TestDatabase(UnaryOperator<Database.Builder> more) {
        database = more.apply(Database.builder(time, Randomness.secure(), time, notifications)
                        .memoryTable(TableDefinition.named(ITEMS).index("by_group", "group", "rank")))
                .start();
    }

    Transaction begin() {
        return database.begin(database.latest(), () -> false);
    }

    CommitOutcome commit(Transaction transaction) {
        return database.commit(transaction, CommitHook.NONE).join();
    }

    long committed(Transaction transaction) {
        return ((CommitOutcome.Committed) commit(transaction)).timestampNs();
    }

    static ConvexObject item(String group, long rank) {
        return ConvexObject.of("group", ConvexValue.of(group), "rank", ConvexValue.of(rank));
    }

    static List<Double> ranks(List<ConvexObject> items) {
        return items.stream().map(item -> item.number("rank")).toList();
    }

    static IndexRange group(String group) {
        return IndexRange.all().eq("group", group);
    }

    @Override
    public void close() {
        database.close();
        notifications.shutdown();
    }
}
