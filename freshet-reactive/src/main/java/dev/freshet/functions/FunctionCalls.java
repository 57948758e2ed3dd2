package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionHandler;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import dev.freshet.functions.value.ValueLimits;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Snapshot;
import dev.freshet.runtime.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The way in for whoever calls functions: finds the function, checks arguments, asks the guard, and hands over to what
 * runs it. Futures fail only with {@link FunctionRefusedException}; whatever else goes wrong is a result. Thread-safe.
 */
public final class FunctionCalls {
    private final FunctionRegistry registry;
    private final Database database;
    private final QueryCache cache;
    private final QueryRunner queries;
    private final MutationRunner mutations;
    private final RequestLedger ledger;
    private final FunctionErrors errors;
    private final Timer timer;
    private final FunctionLimits limits;
    private final PinnedSnapshots pinned;
    private volatile Optional<ActionRunner> actions = Optional.empty();

    FunctionCalls(
            FunctionRegistry registry,
            Database database,
            QueryCache cache,
            QueryRunner queries,
            MutationRunner mutations,
            RequestLedger ledger,
            FunctionErrors errors,
            Timer timer,
            FunctionLimits limits,
            PinnedSnapshots pinned) {
        this.registry = registry;
        this.database = database;
        this.cache = cache;
        this.queries = queries;
        this.mutations = mutations;
        this.ledger = ledger;
        this.errors = errors;
        this.timer = timer;
        this.limits = limits;
        this.pinned = pinned;
    }

    /** Actions call functions in turn, so they are joined once both exist. */
    void useActions(ActionRunner runner) {
        actions = Optional.of(runner);
    }

    /** The newest snapshot. */
    public Snapshot latest() {
        return database.latest();
    }

    /**
     * Watches a query for a client. A refusal is a result too and is watched like one.
     *
     * @param watcher run on a thread of the runtime each time the result may have changed; must return soon
     */
    public QueryWatch watch(
            String path, ConvexObject arguments, Caller caller, Optional<String> journal, Runnable watcher) {
        Admission admission = admit(path, arguments, caller, FunctionHandler.OfQuery.class);
        return switch (admission) {
            case Refused(FunctionResult.Failure failure) -> QueryWatch.refused(failure, queries);
            case Admitted(FunctionDefinition function) -> {
                QueryKey key = new QueryKey(function, arguments, caller.declaring(function.callerFacts()), journal);
                yield QueryWatch.of(cache.attach(key, watcher), queries, watcher);
            }
        };
    }

    /** Watches what is no query: the failure is its result for ever. */
    public QueryWatch watchFailure(FunctionResult.Failure failure) {
        return QueryWatch.refused(failure, queries);
    }

    /** Runs a query once, at the newest snapshot; waits a little for demanded rows that are not there yet. */
    public CompletableFuture<FunctionResult> query(String path, ConvexObject arguments, Caller caller) {
        return new OneOffQuery(this::watch, database::latest, timer, limits.absentDemandWait())
                .run(path, arguments, caller);
    }

    /** Runs several queries at one snapshot. */
    public CompletableFuture<List<FunctionResult>> queries(List<Call> calls, Caller caller) {
        List<CompletableFuture<FunctionResult>> warm = new ArrayList<>();
        calls.forEach(call -> warm.add(query(call.path(), call.arguments(), caller)));
        return CompletableFuture.allOf(warm.toArray(CompletableFuture[]::new)).thenCompose(done -> {
            Snapshot snapshot = database.latest();
            List<CompletableFuture<FunctionResult>> results = new ArrayList<>();
            calls.forEach(call -> results.add(queryAt(snapshot, call, caller)));
            return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                    .thenApply(
                            all -> results.stream().map(CompletableFuture::join).toList());
        });
    }

    /** Keeps the newest snapshot for a while and names it by its timestamp. */
    public long pinLatest() {
        return pinned.pin(database.latest());
    }

    /** Runs a query at a timestamp that {@link #pinLatest} gave. */
    public CompletableFuture<FunctionResult> queryAtPinned(long timestampNs, Call call, Caller caller) {
        return pinned.find(timestampNs)
                .map(snapshot -> queryAt(snapshot, call, caller))
                .orElseGet(() -> CompletableFuture.failedFuture(new FunctionRefusedException(
                        FunctionRefusedException.Reason.OUT_OF_RETENTION, "the timestamp is not, or no longer, kept")));
    }

    private CompletableFuture<FunctionResult> queryAt(Snapshot snapshot, Call call, Caller caller) {
        QueryWatch watch = watch(call.path(), call.arguments(), caller, Optional.empty(), new Unwatched());
        return watch.exactlyAt(snapshot)
                .thenApply(Evaluation::result)
                .whenComplete((result, failure) -> watch.detach());
    }

    /**
     * Runs a mutation for a client. One that is committed already is answered as it was then, also to a client that may not
     * call it any more.
     *
     * @param request makes it happen once however often it is sent; empty for a one-off call
     * @param hook hears of the commit before anybody can see it
     */
    public CompletableFuture<MutationOutcome> mutation(
            String path, ConvexObject arguments, Caller caller, Optional<RequestKey> request, CommitHook hook) {
        Admission admission = admit(path, arguments, caller, FunctionHandler.OfMutation.class);
        RequestSender sender = RequestSender.of(caller);
        return switch (admission) {
            case Refused(FunctionResult.Failure failure) ->
                CompletableFuture.completedFuture(request.flatMap(key -> ledger.find(key, sender))
                        .orElseGet(() -> new MutationOutcome.Failed(failure)));
            case Admitted(FunctionDefinition function) ->
                mutations.run(
                        function,
                        caller.declaring(function.callerFacts()),
                        arguments,
                        request.map(key -> ledger.of(key, sender)).orElse(RunRecord.NONE),
                        Optional.empty(),
                        hook);
        };
    }

    /** Runs an action for a client. */
    public CompletableFuture<FunctionResult> action(String path, ConvexObject arguments, Caller caller) {
        Admission admission = admit(path, arguments, caller, FunctionHandler.OfAction.class);
        return switch (admission) {
            case Refused(FunctionResult.Failure failure) -> CompletableFuture.completedFuture(failure);
            case Admitted(FunctionDefinition function) ->
                actions.orElseThrow().run(function, caller, arguments, Optional.empty());
        };
    }

    /** Runs a function of any kind for a client. */
    public CompletableFuture<FunctionResult> anyKind(String path, ConvexObject arguments, Caller caller) {
        return switch (registry.find(path).map(FunctionDefinition::handler).orElse(null)) {
            case FunctionHandler.OfMutation ignored ->
                mutation(path, arguments, caller, Optional.empty(), CommitHook.NONE)
                        .thenApply(FunctionCalls::asResult);
            case FunctionHandler.OfAction ignored -> action(path, arguments, caller);
            case FunctionHandler.OfQuery ignored -> query(path, arguments, caller);
            case null -> CompletableFuture.completedFuture(FunctionErrors.notFound(path));
        };
    }

    /** What a call fails with whose arguments are no values. */
    public static FunctionResult.Failure badArguments(String problem) {
        return FunctionErrors.badArguments(problem);
    }

    /** A mutation's outcome without its timestamp. */
    public static FunctionResult asResult(MutationOutcome outcome) {
        return switch (outcome) {
            case MutationOutcome.Committed(ConvexValue value, long ignored) -> new FunctionResult.Success(value);
            case MutationOutcome.Failed(FunctionResult.Failure failure) -> failure;
        };
    }

    ConvexValue queryFromWithin(String path, ConvexObject arguments, Caller caller) {
        FunctionDefinition function = findWithin(path, arguments);
        QueryKey key = new QueryKey(function, arguments, caller.declaring(function.callerFacts()), Optional.empty());
        OneOffQuery oneOff = new OneOffQuery(
                (ignoredPath, ignoredArguments, ignoredCaller, ignoredJournal, watcher) ->
                        QueryWatch.of(cache.attach(key, watcher), queries, watcher),
                database::latest,
                timer,
                limits.absentDemandWait());
        return valueOf(path, await(oneOff.run(path, arguments, caller)));
    }

    ConvexValue mutationFromWithin(String path, ConvexObject arguments, Caller caller, Optional<String> scheduledBy) {
        FunctionDefinition function = findWithin(path, arguments);
        return valueOf(
                path,
                asResult(await(mutations.run(
                        function,
                        caller.declaring(function.callerFacts()),
                        arguments,
                        RunRecord.NONE,
                        scheduledBy,
                        CommitHook.NONE))));
    }

    ConvexValue actionFromWithin(String path, ConvexObject arguments, Caller caller) {
        FunctionDefinition function = findWithin(path, arguments);
        return valueOf(path, await(actions.orElseThrow().run(function, caller, arguments, Optional.empty())));
    }

    private FunctionDefinition findWithin(String path, ConvexObject arguments) {
        FunctionDefinition function = registry.find(path)
                .orElseThrow(() -> new IllegalArgumentException("there is no function '" + path + "'"));
        function.arguments().check(arguments, database.latest()::allowsId).ifPresent(violation -> {
            throw new InvalidValueException(
                    FunctionErrors.badArguments(violation).message());
        });
        return function;
    }

    private static ConvexValue valueOf(String path, FunctionResult result) {
        return switch (result) {
            case FunctionResult.Success(ConvexValue value) -> value;
            case FunctionResult.Failure(String message, Optional<ConvexValue> data) ->
                throw data.isPresent() ? new ConvexError(data.get()) : new FunctionFailedException(path, message);
        };
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new FunctionRefusedException(
                    FunctionRefusedException.Reason.STOPPED, "interrupted while a function runs", interruption);
        } catch (ExecutionException failure) {
            throw FunctionErrors.unwrap(failure) instanceof RuntimeException cause
                    ? cause
                    : new FunctionRefusedException(
                            FunctionRefusedException.Reason.INTERNAL, "a function could not be run", failure);
        }
    }

    private <H extends FunctionHandler> Admission admit(
            String path, ConvexObject arguments, Caller caller, Class<H> kind) {
        Optional<FunctionDefinition> found = registry.findFor(caller, path, kind);
        if (found.isEmpty()) {
            return new Refused(FunctionErrors.notFound(path));
        }
        FunctionDefinition function = found.get();
        Optional<FunctionResult.Failure> violation = violationOf(function, arguments, database.latest()::allowsId);
        try {
            function.guard().check(caller, arguments);
        } catch (ConvexError refusal) {
            return new Refused(errors.ofThrown(path, refusal));
        } catch (RuntimeException thrown) {
            // A guard may stumble over arguments that the validator refuses anyway.
            return new Refused(violation.orElseGet(() -> errors.ofThrown(path, thrown)));
        }
        return violation.<Admission>map(Refused::new).orElseGet(() -> new Admitted(function));
    }

    private static Optional<FunctionResult.Failure> violationOf(
            FunctionDefinition function, ConvexObject arguments, Validator.IdCheck ids) {
        try {
            ValueLimits.ARGUMENTS_AND_RESULTS.check("the arguments", arguments);
        } catch (InvalidValueException tooLarge) {
            return Optional.of(
                    FunctionErrors.badArguments(new Validator.Violation("", Optional.empty(), tooLarge.getMessage())));
        }
        return function.arguments().check(arguments, ids).map(FunctionErrors::badArguments);
    }

    /** A path with its arguments. */
    public record Call(String path, ConvexObject arguments) {}

    private sealed interface Admission {}

    private record Admitted(FunctionDefinition function) implements Admission {}

    private record Refused(FunctionResult.Failure failure) implements Admission {}

    /** A watcher that wants to hear nothing; each one is a watcher of its own. */
    private static final class Unwatched implements Runnable {
        @Override
        public void run() {
            // The result at one snapshot is all that was asked for.
        }
    }
}
