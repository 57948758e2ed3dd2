package dev.freshet.functions;

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
     * {@link FunctionRefusedException}.
     */
    CompletableFuture<QueryRun> run(QueryKey key, Snapshot snapshot) {
        return threads.submit(() -> runHere(key, snapshot))
                .exceptionallyCompose(thrown -> failed(key, snapshot, thrown));
    }

    private CompletableFuture<QueryRun> failed(QueryKey key, Snapshot snapshot, Throwable thrown) {
        return FunctionErrors.asRefusal(thrown)
                .map(CompletableFuture::<QueryRun>failedFuture)
                .orElseGet(() -> CompletableFuture.completedFuture(new QueryRun(
                        errors.ofThrown(key.function().path().toString(), thrown),
                        snapshot.timestampNs(),
                        dev.freshet.reactive.ReadSet.empty(),
                        Set.of(),
                        Set.of())));
    }

    private QueryRun runHere(QueryKey key, Snapshot snapshot) {
        runs.increment();
        long deadlineNs = clock.monotonicNs() + limit.toNanos();
        Transaction transaction = database.begin(snapshot, () -> clock.monotonicNs() - deadlineNs > 0);
        FunctionResult result;
        try {
            result = new FunctionResult.Success(
                    bodies.query(transaction, key.function(), key.caller(), key.arguments()));
        } catch (Exception | StackOverflowError thrown) {
            result = errors.ofThrown(key.function().path().toString(), thrown);
        }
        return new QueryRun(
                result,
                snapshot.timestampNs(),
                transaction.readSet(),
                transaction.demanded(),
                transaction.absentDemand());
    }
}
