package dev.freshet.functions;

import dev.freshet.reactive.Snapshot;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One watcher's hold on a query: asks for results, and ends. Thread-safe. */
public final class QueryWatch {
    private final Optional<LiveQuery> query;
    private final Optional<Evaluation> refusal;
    private final QueryRunner runner;
    private final Runnable watcher;

    private QueryWatch(Optional<LiveQuery> query, Optional<Evaluation> refusal, QueryRunner runner, Runnable watcher) {
        this.query = query;
        this.refusal = refusal;
        this.runner = runner;
        this.watcher = watcher;
    }

    static QueryWatch of(LiveQuery query, QueryRunner runner, Runnable watcher) {
        return new QueryWatch(Optional.of(query), Optional.empty(), runner, watcher);
    }

    static QueryWatch refused(FunctionResult.Failure failure, QueryRunner runner) {
        return new QueryWatch(Optional.empty(), Optional.of(Evaluation.refusal(failure)), runner, () -> {});
    }

    /**
     * The result at the snapshot, shared with all who watch the same query. If others have moved on, a newer one comes
     * back, which does not hold at the snapshot ({@link Evaluation#holdsAt}). Fails with {@link FunctionRefusedException}.
     */
    public CompletableFuture<Evaluation> at(Snapshot snapshot) {
        return query.map(live -> live.at(snapshot))
                .orElseGet(() -> CompletableFuture.completedFuture(refusal.orElseThrow()));
    }

    /**
     * As {@link #at}, where nothing has to be run for it: the result is there, or is being made for others already. Empty
     * otherwise.
     */
    public Optional<CompletableFuture<Evaluation>> withoutRun(Snapshot snapshot) {
        return query.map(live -> live.withoutRun(snapshot))
                .orElseGet(() -> Optional.of(CompletableFuture.completedFuture(refusal.orElseThrow())));
    }

    /** The result at exactly this snapshot, by a run of its own if need be. Fails as {@link #at} does. */
    public CompletableFuture<Evaluation> exactlyAt(Snapshot snapshot) {
        return at(snapshot)
                .thenCompose(evaluation -> evaluation.holdsAt(snapshot.timestampNs())
                        ? CompletableFuture.completedFuture(evaluation)
                        : runner.run(query.orElseThrow().nextRun(), snapshot).thenApply(Evaluation::exact));
    }

    /** Whether both watch the same execution, so that exchanging one for the other changes nothing. */
    public boolean sameAs(QueryWatch other) {
        return query.isPresent() && other.query.isPresent() && query.get() == other.query.get();
    }

    /** Ends the watch; its watcher may still be called once. */
    public void detach() {
        query.ifPresent(live -> live.detach(watcher));
    }
}
