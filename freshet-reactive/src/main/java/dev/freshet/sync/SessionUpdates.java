package dev.freshet.sync;

import dev.freshet.functions.Evaluation;
import dev.freshet.functions.FunctionCalls;
import dev.freshet.reactive.Snapshot;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Brings a client to newer snapshots, one Transition after the other. Belongs to its session's tasks. */
final class SessionUpdates {
    private static final int OPTIMISTIC_ATTEMPTS = 3;
    private static final long NOTHING = Long.MAX_VALUE;

    private final SyncSession session;
    private final SessionQueries queries;
    private final SessionIdentity identity;
    private final SessionOutbox outbox;
    private final FunctionCalls calls;
    private final SyncLimits limits;
    private final Clock clock;
    private final Timer timer;

    /** Set by the committer, cleared by a task once the response is queued. */
    private volatile long committedNs = NOTHING;

    private OptionalDouble clientSkewMs = OptionalDouble.empty();
    private StateVersion sent = StateVersion.INITIAL;
    private long owedTimestampNs;
    /** An update that may not wait: the client is owed an answer. */
    private boolean wanted;
    /** Something changed that the client watches; this may wait for the socket's pace. */
    private boolean changeSeen;

    private boolean paceTimerSet;
    private long lastTransitionNs;
    private boolean updating;

    SessionUpdates(
            SyncSession session,
            SessionQueries queries,
            SessionIdentity identity,
            SessionOutbox outbox,
            FunctionCalls calls,
            SyncLimits limits,
            Clock clock,
            Timer timer) {
        this.session = session;
        this.queries = queries;
        this.identity = identity;
        this.outbox = outbox;
        this.calls = calls;
        this.limits = limits;
        this.clock = clock;
        this.timer = timer;
        this.lastTransitionNs =
                clock.monotonicNs() - limits.transitionInterval().toNanos();
    }

    /** The client told its clock, which is told back with ours. */
    void useClientSkew(double skewMs) {
        clientSkewMs = OptionalDouble.of(skewMs);
    }

    /** The identity's version that the client has been told last. */
    long sentIdentity() {
        return sent.identity();
    }

    /** A mutation of this client is committed and nobody can see it yet. Called by the committer. */
    void holdBack(long timestampNs) {
        committedNs = timestampNs;
    }

    /** The response to the mutation, if it was committed, is queued: what it wrote may be shown. */
    void show() {
        committedNs = NOTHING;
    }

    /** The client waits for a Transition that is not before that timestamp. */
    void owe(long timestampNs) {
        owedTimestampNs = Math.max(owedTimestampNs, timestampNs);
    }

    /** The client is owed an update, which begins as soon as may be. */
    void want() {
        wanted = true;
        begin();
    }

    /** Something that the client watches has changed. */
    void changed() {
        changeSeen = true;
        begin();
    }

    /** Begins an update if there is reason for one and none is under way. */
    void begin() {
        if (!session.isClosed()
                && !updating
                && !identity.isVerifying()
                && !outbox.hasEnoughTransitions()
                && (wanted || (changeSeen && paceAllows()))
                && session.callerIsValid()) {
            tryAt(1);
        }
    }

    /** Whether the last Transition is long enough ago; if not, an update is begun when it is. */
    private boolean paceAllows() {
        long waitNs = lastTransitionNs + limits.transitionInterval().toNanos() - clock.monotonicNs();
        if (waitNs <= 0) {
            return true;
        }
        if (!paceTimerSet) {
            paceTimerSet = true;
            timer.schedule(
                    Duration.ofNanos(waitNs),
                    () -> session.enqueue(() -> {
                        paceTimerSet = false;
                        begin();
                    }));
        }
        return false;
    }

    private void tryAt(int attempt) {
        Snapshot snapshot = calls.latest();
        if (snapshot.timestampNs() >= committedNs) {
            // The response comes first, and calls for this update again.
            updating = false;
            wanted = true;
            return;
        }
        wanted = false;
        changeSeen = false;
        updating = true;
        Update update = new Update(snapshot, attempt, queries.version(), identity.version(), queries.generation());
        List<CompletableFuture<Evaluation>> shared = new ArrayList<>();
        for (SessionQuery query : queries.all()) {
            if (!query.holdsAt(snapshot.timestampNs())) {
                withoutRun(query, update)
                        .ifPresentOrElse(
                                result -> {
                                    update.asked.add(new Asked(query, result));
                                    shared.add(result);
                                },
                                () -> update.unasked.add(query));
            }
        }
        if (shared.stream().anyMatch(result -> !result.isDone() || result.isCompletedExceptionally())) {
            update.awaitsShared = true;
            var _ = CompletableFuture.allOf(shared.toArray(CompletableFuture[]::new))
                    .whenComplete((done, failure) -> session.enqueue(() -> {
                        update.awaitsShared = false;
                        goOn(update, failure);
                    }));
        }
        askMore(update);
    }

    private static Optional<CompletableFuture<Evaluation>> withoutRun(SessionQuery query, Update update) {
        Optional<CompletableFuture<Evaluation>> result = query.watch().withoutRun(update.snapshot);
        return update.isOptimistic()
                ? result
                : result.filter(exact -> exact.isDone()
                        && !exact.isCompletedExceptionally()
                        && exact.join().holdsAt(update.snapshot.timestampNs()));
    }

    /** Has as many queries run as may at a moment; the update ends with the last of them. */
    private void askMore(Update update) {
        while (!session.isClosed()
                && update.generation == queries.generation()
                && update.running < limits.parallelQueries()
                && !update.unasked.isEmpty()) {
            SessionQuery query = update.unasked.remove();
            if (queries.holds(query)) {
                ask(query, update);
            }
        }
        if (update.running == 0 && !update.awaitsShared) {
            finish(update);
        }
    }

    private void ask(SessionQuery query, Update update) {
        CompletableFuture<Evaluation> result = update.isOptimistic()
                ? query.watch().at(update.snapshot)
                : query.watch().exactlyAt(update.snapshot);
        update.asked.add(new Asked(query, result));
        if (result.isDone() && !result.isCompletedExceptionally()) {
            return;
        }
        update.running++;
        var _ = result.whenComplete((evaluation, failure) -> session.enqueue(() -> {
            update.running--;
            goOn(update, failure);
        }));
    }

    private void goOn(Update update, @Nullable Throwable failure) {
        if (failure == null) {
            askMore(update);
        } else if (!session.isClosed()) {
            session.closeAfter(failure);
        }
    }

    private void finish(Update update) {
        if (session.isClosed()) {
            return;
        }
        long timestampNs = update.snapshot.timestampNs();
        if (update.generation != queries.generation()
                || update.asked.stream().anyMatch(one -> !one.result.join().holdsAt(timestampNs))) {
            tryAt(update.attempt + 1);
            return;
        }
        updating = false;
        sendTransition(update, timestampNs);
        // A result that nobody follows was overtaken already; no wake will come for what it lacks.
        changeSeen |= update.asked.stream().anyMatch(one -> !one.result.join().isFollowed());
        begin();
    }

    private void sendTransition(Update update, long timestampNs) {
        List<ServerMessage.ResultChange> changes = new ArrayList<>();
        // What was removed since the update began belongs to a later version, as does what was added.
        if (update.querySetVersion == queries.version()) {
            queries.takeRemoved().forEach(queryId -> changes.add(new ServerMessage.ResultChange.Removed(queryId)));
        }
        for (Asked one : update.asked) {
            Evaluation evaluation = one.result.join();
            SessionQuery query = one.query;
            if (queries.holds(query) && query.accept(evaluation)) {
                changes.add(new ServerMessage.ResultChange.Result(query.queryId(), evaluation, query.journal()));
            }
        }
        StateVersion end = new StateVersion(update.querySetVersion, update.identityVersion, timestampNs);
        boolean versionsChanged = end.querySet() != sent.querySet() || end.identity() != sent.identity();
        boolean paysWhatIsOwed = owedTimestampNs != 0 && owedTimestampNs <= timestampNs;
        if (changes.isEmpty() && !versionsChanged && !paysWhatIsOwed) {
            return;
        }
        if (paysWhatIsOwed) {
            owedTimestampNs = 0;
        }
        Optional<ServerMessage.ClockReading> clocks = clientSkewMs.isPresent()
                ? Optional.of(new ServerMessage.ClockReading(clientSkewMs.getAsDouble(), clock.epochNs()))
                : Optional.empty();
        ServerMessage.Transition transition = new ServerMessage.Transition(sent, end, changes, clocks);
        sent = end;
        lastTransitionNs = clock.monotonicNs();
        session.send(transition);
    }

    private record Asked(SessionQuery query, CompletableFuture<Evaluation> result) {}

    /** What is under way, for the state that the client had when it began. */
    private static final class Update {
        private final Snapshot snapshot;
        private final int attempt;
        private final long querySetVersion;
        private final long identityVersion;
        private final int generation;
        private final List<Asked> asked = new ArrayList<>();
        private final Queue<SessionQuery> unasked = new ArrayDeque<>();
        /** Queries that run for this update. */
        private int running;
        /** Whether queries run for others whose results are shared. */
        private boolean awaitsShared;

        Update(Snapshot snapshot, int attempt, long querySetVersion, long identityVersion, int generation) {
            this.snapshot = snapshot;
            this.attempt = attempt;
            this.querySetVersion = querySetVersion;
            this.identityVersion = identityVersion;
            this.generation = generation;
        }

        boolean isOptimistic() {
            return attempt < OPTIMISTIC_ATTEMPTS;
        }
    }
}
