package dev.freshet.functions;

import dev.freshet.functions.api.DatabaseReader;
import dev.freshet.functions.api.DatabaseWriter;
import dev.freshet.functions.api.DeclaredCaller;
import dev.freshet.functions.api.Granularity;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.Transaction;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What a query or mutation is given while it runs over a transaction. */
record TransactionContext(
        Transaction transaction,
        DeclaredCaller caller,
        Nested nested,
        Instant now,
        Optional<Scheduler> schedulerOfMutation)
        implements MutationContext {

    /** Calls of further functions within the same transaction, and what else the runtime provides. */
    interface Nested {
        ConvexValue query(Transaction transaction, DeclaredCaller caller, String path, ConvexObject arguments);

        ConvexValue mutation(
                Transaction transaction,
                DeclaredCaller caller,
                Scheduler scheduler,
                String path,
                ConvexObject arguments);

        RandomGenerator random();
    }

    @Override
    public DatabaseWriter db() {
        return transaction;
    }

    @Override
    public Instant now(Granularity granularity) {
        return LogicalClock.read(transaction, granularity);
    }

    @Override
    public Scheduler scheduler() {
        return schedulerOfMutation.orElseThrow(() -> new IllegalStateException("a query schedules nothing"));
    }

    @Override
    public RandomGenerator random() {
        return nested.random();
    }

    @Override
    public ConvexValue runQuery(String path, ConvexObject arguments) {
        return nested.query(transaction, caller, path, arguments);
    }

    @Override
    public ConvexValue runMutation(String path, ConvexObject arguments) {
        return nested.mutation(transaction, caller, scheduler(), path, arguments);
    }

    /** The same for a query, which must not write. */
    QueryContext readOnly() {
        return new ReadOnly(this, new ReadOnlyTables(transaction));
    }

    private record ReadOnly(TransactionContext whole, DatabaseReader db) implements QueryContext {
        @Override
        public DeclaredCaller caller() {
            return whole.caller();
        }

        @Override
        public Instant now(Granularity granularity) {
            return whole.now(granularity);
        }

        @Override
        public ConvexValue runQuery(String path, ConvexObject arguments) {
            return whole.runQuery(path, arguments);
        }
    }

    private record ReadOnlyTables(Transaction transaction) implements DatabaseReader {
        @Override
        public Optional<ConvexObject> get(String table, String id) {
            return transaction.get(table, id);
        }

        @Override
        public TableQuery query(String table) {
            return transaction.query(table);
        }
    }
}
