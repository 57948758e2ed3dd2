package dev.freshet.functions;

import dev.freshet.reactive.Database;
import dev.freshet.reactive.DemandKey;
import dev.freshet.reactive.Snapshot;
import dev.freshet.reactive.Subscription;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One distinct query and all who watch it. Runs only when somebody asks for its result at a timestamp for which the last
 * one does not hold, and then once, however many ask. Guarded by its own lock, under which nothing foreign is called.
 */
final class LiveQuery {
    private static final Logger LOG = LoggerFactory.getLogger(LiveQuery.class);
    /** Characters of a result that is kept while nobody watches: what a cache of thousands may hold of each. */
    private static final int MAX_KEPT_UNWATCHED = 32_768;

    private final QueryKey key;
    private final QueryRunner runner;
    private final Database database;
    private final Consumer<LiveQuery> onUnused;
    private final Consumer<LiveQuery> onPinned;
    private final Set<Runnable> watchers = new LinkedHashSet<>();
    private final Set<DemandKey> held = new HashSet<>();
    private @Nullable Evaluation current;
    private @Nullable CompletableFuture<Evaluation> running;
    private boolean closed;
    /** The key, with the journal of the last run. */
    private QueryKey nextRun;

    private Optional<QueryKey> pinnedUnder = Optional.empty();

    /** @param onPinned told once when a page that had an open end has been read again up to where it first ended */
    LiveQuery(
            QueryKey key,
            QueryRunner runner,
            Database database,
            Consumer<LiveQuery> onUnused,
            Consumer<LiveQuery> onPinned) {
        this.key = key;
        this.nextRun = key;
        this.onPinned = onPinned;
        this.runner = runner;
        this.database = database;
        this.onUnused = onUnused;
    }

    QueryKey key() {
        return key;
    }

    /** What the next run is given: a page goes on ending where it ended first. */
    synchronized QueryKey nextRun() {
        return nextRun;
    }

    /** Notes that it is kept under its key with the present journal from now on. */
    synchronized QueryKey pin() {
        pinnedUnder = Optional.of(nextRun);
        return nextRun;
    }

    synchronized Optional<QueryKey> pinnedUnder() {
        return pinnedUnder;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Adds a watcher, which is run on a thread of the runtime each time the result may have changed.
     *
     * @return false when this query is no longer in use and another has to be made
     */
    synchronized boolean attach(Runnable watcher) {
        if (!closed && !watchers.add(watcher)) {
            throw new IllegalArgumentException("each watch needs a watcher of its own");
        }
        return !closed;
    }

    void detach(Runnable watcher) {
        boolean unused;
        synchronized (this) {
            watchers.remove(watcher);
            unused = watchers.isEmpty() && !worthKeeping();
        }
        if (unused) {
            close();
        }
    }

    /** An unwatched result is kept for the next who asks as long as it holds and keeps nobody else busy. */
    private boolean worthKeeping() {
        return current != null
                && held.isEmpty()
                && current.json().length() <= MAX_KEPT_UNWATCHED
                && current.subscription().isPresent()
                && current.subscription().get().invalidatedAtNs() == Subscription.NEVER;
    }

    /** Lets go of everything if nobody watches. */
    void close() {
        Evaluation last;
        synchronized (this) {
            if (closed || !watchers.isEmpty()) {
                return;
            }
            closed = true;
            last = current;
            held.forEach(database::release);
            held.clear();
        }
        if (last != null) {
            last.subscription().ifPresent(database::unsubscribe);
        }
        onUnused.accept(this);
    }

    /**
     * The result at the snapshot, or a newer one if others have moved on: then {@code ranAtNs} is past the snapshot's
     * timestamp and whoever asked chooses a newer snapshot. Fails only with {@link FunctionRefusedException}.
     */
    CompletableFuture<Evaluation> at(Snapshot snapshot) {
        long wantedNs = snapshot.timestampNs();
        CompletableFuture<Evaluation> pending;
        synchronized (this) {
            if (current != null && (current.holdsAt(wantedNs) || current.ranAtNs() > wantedNs)) {
                return CompletableFuture.completedFuture(current);
            }
            pending = running;
            if (pending == null) {
                pending = new CompletableFuture<>();
                running = pending;
                start(snapshot, pending);
            }
        }
        return orAnew(pending, snapshot);
    }

    /** As {@link #at}, but empty instead of beginning a run. */
    Optional<CompletableFuture<Evaluation>> withoutRun(Snapshot snapshot) {
        long wantedNs = snapshot.timestampNs();
        CompletableFuture<Evaluation> pending;
        synchronized (this) {
            if (current != null && (current.holdsAt(wantedNs) || current.ranAtNs() > wantedNs)) {
                return Optional.of(CompletableFuture.completedFuture(current));
            }
            pending = running;
        }
        return Optional.ofNullable(pending).map(shared -> orAnew(shared, snapshot));
    }

    private CompletableFuture<Evaluation> orAnew(CompletableFuture<Evaluation> pending, Snapshot snapshot) {
        long wantedNs = snapshot.timestampNs();
        return pending.thenCompose(evaluation -> evaluation.holdsAt(wantedNs) || evaluation.ranAtNs() > wantedNs
                ? CompletableFuture.completedFuture(evaluation)
                : at(snapshot));
    }

    private void start(Snapshot snapshot, CompletableFuture<Evaluation> pending) {
        var _ = runner.run(nextRun, snapshot)
                .thenCompose(run -> {
                    hold(run.demanded());
                    return database.subscribe(run.reads(), run.ranAtNs(), this::invalidated)
                            .thenApply(subscription -> Evaluation.of(run, subscription));
                })
                .whenComplete((evaluation, failure) -> finish(pending, evaluation, failure));
    }

    private void finish(
            CompletableFuture<Evaluation> pending, @Nullable Evaluation evaluation, @Nullable Throwable failure) {
        Evaluation replaced;
        boolean unwanted;
        boolean pinned = false;
        synchronized (this) {
            running = null;
            replaced = current;
            if (evaluation != null) {
                current = evaluation;
                pinned = nextRun.journal().isPresent()
                        && replaced != null
                        && key.journal().isEmpty();
                nextRun = key.withJournal(evaluation.journal().or(nextRun::journal));
            }
            unwanted = closed;
        }
        if (pinned) {
            onPinned.accept(this);
        }
        if (evaluation != null) {
            if (replaced != null) {
                replaced.subscription().ifPresent(database::unsubscribe);
            }
            if (unwanted) {
                evaluation.subscription().ifPresent(database::unsubscribe);
                hold(Set.of());
            }
            pending.complete(evaluation);
        } else if (failure != null) {
            pending.completeExceptionally(FunctionErrors.asRefusal(failure)
                    .orElseGet(() -> new FunctionRefusedException(
                            FunctionRefusedException.Reason.INTERNAL, "a query could not be run", failure)));
        }
    }

    /** Asks for the rows that the last run wanted and lets go of others; of all when nobody watches any more. */
    private synchronized void hold(Set<DemandKey> wanted) {
        Set<DemandKey> keep = closed ? Set.of() : wanted;
        for (DemandKey row : keep) {
            if (held.add(row)) {
                database.acquire(row);
            }
        }
        held.removeIf(row -> {
            boolean gone = !keep.contains(row);
            if (gone) {
                database.release(row);
            }
            return gone;
        });
    }

    private void invalidated() {
        List<Runnable> toTell;
        synchronized (this) {
            toTell = List.copyOf(watchers);
        }
        if (toTell.isEmpty()) {
            close();
        } else {
            toTell.forEach(LiveQuery::tell);
        }
    }

    /** Each is told, whatever the others make of it. */
    private static void tell(Runnable watcher) {
        try {
            watcher.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("a watcher of a query failed", failure);
        }
    }
}
