package dev.freshet.functions;

import dev.freshet.functions.api.Granularity;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Snapshot;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** Runs queries on function threads. Thread-safe. */
final class QueryRunner {
    private final Database database;
    private final FunctionBodies bodies;
    private final FunctionThreads threads;
    private final FunctionErrors errors;
    private final Clock clock;
    private final Duration limit;
    private final LongAdder runs = new LongAdder();

    QueryRunner(
            Database database,
            FunctionBodies bodies,
            FunctionThreads threads,
            FunctionErrors errors,
            Clock clock,
            Duration limit) {
        this.database = database;
        this.bodies = bodies;
        this.threads = threads;
        this.errors = errors;
        this.clock = clock;
        this.limit = limit;
    }

    /** How many runs there were, for metrics and tests. */
    long runs() {
        return runs.sum();
    }

    /**
     * Runs the query at the snapshot. What the function throws is a result like any other; the future fails only with
     * {@link FunctionRefusedException}. A result that only came of too little time is tried again when the clock's next
     * minute begins.
     */
    CompletableFuture<QueryRun> run(QueryKey key, Snapshot snapshot) {
        Deadline deadline = new Deadline(clock, limit);
        Transaction transaction = database.begin(snapshot, deadline, key.journal());
        return threads.submit(key.function().path().toString(), () -> {
                    deadline.start();
                    return runHere(key, transaction);
                })
                .exceptionallyCompose(thrown -> failed(key, transaction, thrown));
    }

    /** Here the function may still be running, so that of the transaction only the read set may be touched. */
    private CompletableFuture<QueryRun> failed(QueryKey key, Transaction transaction, Throwable thrown) {
        return FunctionErrors.asRefusal(thrown)
                .map(CompletableFuture::<QueryRun>failedFuture)
                .orElseGet(() -> {
                    retryNextMinute(transaction);
                    return CompletableFuture.completedFuture(new QueryRun(
                            EncodedResult.of(
                                    errors.ofThrown(key.function().path().toString(), thrown)),
                            transaction.snapshot().timestampNs(),
                            transaction.readSet(),
                            Set.of(),
                            Set.of(),
                            key.journal()));
                });
    }

    private QueryRun runHere(QueryKey key, Transaction transaction) {
        runs.increment();
        FunctionResult result;
        try {
            result = new FunctionResult.Success(
                    bodies.query(transaction, key.function(), key.caller(), key.arguments()));
        } catch (Exception | StackOverflowError thrown) {
            Throwable cause = MutationRunner.causeIn(transaction, thrown);
            if (FunctionErrors.isTooSlow(cause)) {
                retryNextMinute(transaction);
            }
            result = errors.ofThrown(key.function().path().toString(), cause);
        }
        return new QueryRun(
                EncodedResult.of(result),
                transaction.snapshot().timestampNs(),
                transaction.readSet(),
                transaction.demanded(),
                transaction.absentDemand(),
                transaction.journal());
    }

    private static void retryNextMinute(Transaction transaction) {
        transaction.dependOn(LogicalClock.TABLE, Granularity.MINUTE.name());
    }
}
