package dev.freshet.functions;

import dev.freshet.functions.api.DeclaredCaller;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.CommitOutcome;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Snapshot;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Makes mutations happen exactly once. A run over a snapshot is committed if nothing it read has changed; the first
 * conflict has it run again over a newer one; after the second it runs while the committer waits, where it cannot be in
 * conflict. That it has happened is written in the same transaction, so that the same request sent again, also on two
 * sockets at the same moment, finds it and runs nothing. Thread-safe.
 */
final class MutationRunner {
    private static final int OPTIMISTIC_RUNS = 2;

    private final Database database;
    private final FunctionBodies bodies;
    private final FunctionThreads threads;
    private final FunctionThreads serialThread;
    private final FunctionErrors errors;
    private final Clock clock;
    private final Duration limit;
    private final LongAdder conflicts = new LongAdder();

    MutationRunner(
            Database database,
            FunctionBodies bodies,
            FunctionThreads threads,
            FunctionThreads serialThread,
            FunctionErrors errors,
            Clock clock,
            Duration limit) {
        this.database = database;
        this.bodies = bodies;
        this.threads = threads;
        this.serialThread = serialThread;
        this.errors = errors;
        this.clock = clock;
        this.limit = limit;
    }

    /** How many runs were in conflict, for metrics. */
    long conflicts() {
        return conflicts.sum();
    }

    /**
     * Runs the mutation until it is committed or its function fails.
     *
     * @param record whether it has happened already, and that it has now
     * @param scheduledBy the row of the scheduled function that this is, or is called by
     * @param hook hears of the commit before anybody sees it; not called when it had happened before
     * @return fails only with {@link FunctionRefusedException}
     */
    CompletableFuture<MutationOutcome> run(
            FunctionDefinition function,
            DeclaredCaller caller,
            ConvexObject arguments,
            RunRecord record,
            Optional<String> scheduledBy,
            CommitHook hook) {
        return runOptimistically(new Call(function, caller, arguments, record, scheduledBy, hook), 1)
                .exceptionallyCompose(thrown -> failed(function, thrown));
    }

    /**
     * The same for the scheduled function of this row, which can wait.
     *
     * @return fails with {@link FunctionRefusedException}, or with {@link FunctionBusyException}; both times nothing happened
     */
    CompletableFuture<MutationOutcome> runScheduled(
            FunctionDefinition function,
            DeclaredCaller caller,
            ConvexObject arguments,
            RunRecord record,
            String scheduledId) {
        Call call = new Call(function, caller, arguments, record, Optional.of(scheduledId), CommitHook.NONE);
        return runOptimistically(call, 1)
                .exceptionallyCompose(thrown -> FunctionErrors.unwrap(thrown) instanceof FunctionBusyException busy
                        ? CompletableFuture.failedFuture(busy)
                        : failed(function, thrown));
    }

    private CompletableFuture<MutationOutcome> failed(FunctionDefinition function, Throwable thrown) {
        return FunctionErrors.asRefusal(thrown)
                .map(CompletableFuture::<MutationOutcome>failedFuture)
                .orElseGet(() -> CompletableFuture.completedFuture(new MutationOutcome.Failed(
                        errors.ofThrown(function.path().toString(), thrown))));
    }

    private CompletableFuture<MutationOutcome> runOptimistically(Call call, int run) {
        return threads.submit(call.path(), () -> runBody(call, database.latest()))
                .thenCompose(ran -> {
                    if (ran.ended.isPresent()) {
                        return CompletableFuture.completedFuture(ran.ended.get());
                    }
                    return database.commit(ran.transaction, call.hook).thenCompose(outcome -> switch (outcome) {
                        case CommitOutcome.Committed(long timestampNs) ->
                            CompletableFuture.completedFuture(
                                    new MutationOutcome.Committed(ran.result.orElseThrow(), timestampNs));
                        case CommitOutcome.Conflict() -> {
                            conflicts.increment();
                            yield run < OPTIMISTIC_RUNS ? runOptimistically(call, run + 1) : runSerially(call);
                        }
                    });
                });
    }

    private CompletableFuture<MutationOutcome> runSerially(Call call) {
        CompletableFuture<MutationOutcome> done = new CompletableFuture<>();
        CompletableFuture<Ran> ran = new CompletableFuture<>();
        var _ = database.commitSerially(snapshot -> runAlone(call, snapshot, ran), call.hook)
                .whenComplete((outcome, thrown) -> {
                    if (outcome instanceof CommitOutcome.Committed(long timestampNs)) {
                        done.complete(
                                new MutationOutcome.Committed(ran.join().result.orElseThrow(), timestampNs));
                    } else if (thrown != null && FunctionErrors.unwrap(thrown) instanceof EndedWithoutCommit) {
                        done.complete(ran.join().ended.orElseThrow());
                    } else {
                        done.completeExceptionally(Objects.requireNonNullElseGet(
                                thrown, () -> new IllegalStateException("a serial run cannot be in conflict")));
                    }
                });
        return done;
    }

    private Transaction runAlone(Call call, Snapshot snapshot, CompletableFuture<Ran> done) {
        Ran ran = awaitOnSerialThread(call, snapshot);
        done.complete(ran);
        if (ran.ended.isPresent()) {
            throw new EndedWithoutCommit();
        }
        return ran.transaction;
    }

    /** On the committer's thread: waits for the run, which has a thread of its own so that it can be given up. */
    private Ran awaitOnSerialThread(Call call, Snapshot snapshot) {
        try {
            return serialThread
                    .submit(call.path(), () -> runBody(call, snapshot))
                    .get();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new FunctionRefusedException(
                    FunctionRefusedException.Reason.STOPPED, "the runtime is stopping", interruption);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException cause
                    ? cause
                    : new FunctionBodies.NestedCallException(
                            call.function.path().toString(), new IllegalStateException(failure.getCause()));
        }
    }

    private Ran runBody(Call call, Snapshot snapshot) {
        Transaction transaction = database.begin(snapshot, new Deadline(clock, limit));
        Optional<MutationOutcome> stored = call.record.find(transaction);
        if (stored.isPresent()) {
            return new Ran(transaction, Optional.empty(), stored);
        }
        try {
            ConvexValue result =
                    bodies.mutation(transaction, call.function, call.caller, call.arguments, call.scheduledBy);
            call.record.write(transaction, result);
            return new Ran(transaction, Optional.of(result), Optional.empty());
        } catch (Exception | StackOverflowError thrown) {
            FunctionResult.Failure failure =
                    errors.ofThrown(call.function.path().toString(), causeIn(transaction, thrown));
            return new Ran(transaction, Optional.empty(), Optional.of(new MutationOutcome.Failed(failure)));
        }
    }

    /** A limit that was hit, whatever the function made of the exception. */
    static Throwable causeIn(Transaction transaction, Throwable thrown) {
        return transaction.failure().<Throwable>map(limit -> limit).orElse(thrown);
    }

    private record Call(
            FunctionDefinition function,
            DeclaredCaller caller,
            ConvexObject arguments,
            RunRecord record,
            Optional<String> scheduledBy,
            CommitHook hook) {
        String path() {
            return function.path().toString();
        }
    }

    /** A run: either there is a result to commit, or it has ended without anything to commit. */
    private record Ran(Transaction transaction, Optional<ConvexValue> result, Optional<MutationOutcome> ended) {}

    /** Leaves the committer without a commit. */
    private static final class EndedWithoutCommit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EndedWithoutCommit() {
            super("the mutation ended without a commit", null, false, false);
        }
    }
}
