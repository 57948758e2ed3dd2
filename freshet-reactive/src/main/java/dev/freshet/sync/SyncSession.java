package dev.freshet.sync;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.Evaluation;
import dev.freshet.functions.FunctionCalls;
import dev.freshet.functions.FunctionRefusedException;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.MutationOutcome;
import dev.freshet.functions.QueryWatch;
import dev.freshet.functions.RequestKey;
import dev.freshet.functions.SerialTasks;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.Snapshot;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket's side of the Convex protocol. All methods are thread-safe and return at once; what they ask for is done by
 * tasks that run one at a time, which own every field that is not final.
 *
 * <p>Three things go on beside each other: messages are taken in order, mutations are run one at a time in order, and
 * updates bring the client to newer snapshots. An update looks at the newest snapshot, asks each query whose last result
 * does not hold there, and sends one Transition. While two Transitions are unsent no update begins. What the client itself
 * did is answered at once; changes by others are taken together so that Transitions keep a least distance.
 *
 * <p>A mutation's response must be queued before any Transition that shows its writes. Its commit tells us its timestamp
 * before anybody can see it ({@link #committedNs}); from then until the response is queued no update at or past it begins.
 */
public final class SyncSession {
    private static final Logger LOG = LoggerFactory.getLogger(SyncSession.class);
    private static final int OPTIMISTIC_ATTEMPTS = 3;
    private static final int MAX_SESSION_ID_LENGTH = 128;
    private static final long NOTHING = Long.MAX_VALUE;

    private final SyncTransport transport;
    private final SessionOutbox outbox;
    private final WaitingMessages waiting;
    private final FunctionCalls calls;
    private final Authenticator authenticator;
    private final SyncLimits limits;
    private final Clock clock;
    private final Timer timer;
    private final SerialTasks tasks;
    private final java.util.function.Consumer<SyncSession> onClosed;

    private final AtomicBoolean wakeQueued = new AtomicBoolean();
    private final AtomicBoolean overrun = new AtomicBoolean();
    /** Set by the committer, cleared by a task once the response is queued. */
    private volatile long committedNs = NOTHING;

    private volatile boolean closed;

    private final SessionQueries queries;
    private final Deque<Held> held = new ArrayDeque<>();
    private final Deque<WaitingMutation> mutations = new ArrayDeque<>();
    private Optional<String> sessionId = Optional.empty();
    private OptionalDouble clientSkewMs = OptionalDouble.empty();
    private boolean connected;
    private StateVersion sent = StateVersion.INITIAL;
    private long identityVersion;
    private Identity identity = new Identity(Caller.anonymous(), Optional.empty());
    private boolean authenticating;
    private boolean mutationRunning;
    private int actionsRunning;
    private long owedTimestampNs;
    /** An update that may not wait: the client is owed an answer. */
    private boolean updateWanted;
    /** Something changed that the client watches; this may wait for the socket's pace. */
    private boolean changeSeen;

    private boolean paceTimerSet;
    private long lastTransitionNs;
    private boolean updating;

    SyncSession(
            SyncTransport transport,
            ClientVersion client,
            FunctionCalls calls,
            Authenticator authenticator,
            SyncLimits limits,
            Clock clock,
            Timer timer,
            Executor executor,
            java.util.function.Consumer<SyncSession> onClosed) {
        this.transport = transport;
        this.calls = calls;
        this.authenticator = authenticator;
        this.limits = limits;
        this.clock = clock;
        this.timer = timer;
        this.tasks = new SerialTasks(executor);
        this.onClosed = onClosed;
        this.outbox = new SessionOutbox(
                transport,
                client,
                limits,
                clock,
                (characters, endsTransition) -> enqueue(() -> flushed(characters, endsTransition)));
        this.waiting = new WaitingMessages(limits);
        this.queries = new SessionQueries(limits, this::watch);
        this.lastTransitionNs =
                clock.monotonicNs() - limits.transitionInterval().toNanos();
    }

    /** Adds a task; if it fails the session's state cannot be relied on, so the client is sent to begin a new one. */
    private void enqueue(Runnable task) {
        tasks.add(() -> {
            try {
                task.run();
            } catch (RuntimeException failure) {
                LOG.error("a session failed", failure);
                closeNow(CloseReason.INTERNAL_SERVER_ERROR);
            }
        });
    }

    /** Takes one text frame from the client. */
    public void receive(String text) {
        if (!waiting.add(text.length())) {
            if (!overrun.getAndSet(true)) {
                close(CloseReason.TOO_MANY_CONCURRENT_REQUESTS);
            }
            return;
        }
        enqueue(() -> {
            if (closed) {
                waiting.remove(text.length());
            } else {
                take(text);
            }
        });
    }

    /** To be called about once a second: sends a Ping when nothing was sent for a while. */
    public void tick() {
        if (outbox.isSilent()) {
            enqueue(() -> {
                if (outbox.isSilent()) {
                    send(new ServerMessage.Ping());
                }
            });
        }
    }

    /** The socket is gone: lets go of everything. */
    public void closed() {
        enqueue(this::release);
    }

    /** Closes from our side, as on shutdown; the client connects again, here or elsewhere. */
    public void close(CloseReason reason) {
        enqueue(() -> closeNow(reason));
    }

    /**
     * The rights of whoever is signed in on this socket have changed: guards are asked again and queries that see the
     * difference run again. Holds until the client authenticates anew.
     */
    public void callerChanged(Caller newCaller) {
        enqueue(() -> {
            if (!closed) {
                identity.caller = newCaller;
                watchAsCaller();
            }
        });
    }

    private void closeNow(CloseReason reason) {
        if (!closed) {
            release();
            transport.close(reason.code(), reason.reason());
        }
    }

    private void release() {
        if (!closed) {
            closed = true;
            queries.detachAll();
            mutations.clear();
            held.clear();
            onClosed.accept(this);
        }
    }

    // Messages

    private void take(String text) {
        try {
            if (text.length() > limits.messageLength()) {
                throw new BadMessageException("a message has at most " + limits.messageLength() + " characters");
            }
            ClientMessage message = ClientMessageReader.read(text);
            if (authenticating) {
                // It goes on counting as one that waits.
                held.add(new Held(message, text.length()));
            } else {
                waiting.remove(text.length());
                perform(message);
            }
        } catch (BadMessageException bad) {
            fail(bad.getMessage());
        }
    }

    private void fail(String problem) {
        LOG.debug("a client broke the protocol [problem={}]", problem);
        send(new ServerMessage.FatalError(problem));
        closeNow(CloseReason.SAID_IN_MESSAGE);
    }

    private void perform(ClientMessage message) {
        if (!connected && !(message instanceof ClientMessage.Connect)) {
            throw new BadMessageException("Connect must come first");
        }
        switch (message) {
            case ClientMessage.Connect connect -> connect(connect);
            case ClientMessage.ModifyQuerySet change -> modifyQuerySet(change);
            case ClientMessage.Mutation mutation -> {
                if (mutations.size() >= limits.waitingMutations()) {
                    closeNow(CloseReason.TOO_MANY_CONCURRENT_MUTATIONS);
                } else {
                    acceptMutation(mutation);
                }
            }
            case ClientMessage.Action action -> runAction(action);
            case ClientMessage.Authenticate authenticate -> authenticate(authenticate);
            case ClientMessage.Event() -> LOG.trace("an event of a client was passed over");
        }
    }

    private void acceptMutation(ClientMessage.Mutation mutation) {
        if (callerIsValid()) {
            mutations.add(new WaitingMutation(mutation, identity));
            runNextMutation();
        }
    }

    private void connect(ClientMessage.Connect connect) {
        if (connected) {
            throw new BadMessageException("Connect comes once");
        }
        connected = true;
        sessionId = connect.sessionId();
        if (sessionId.isPresent() && sessionId.get().length() > MAX_SESSION_ID_LENGTH) {
            throw new BadMessageException("a sessionId has at most " + MAX_SESSION_ID_LENGTH + " characters");
        }
        double skewMs = connect.clientTimeMs().orElse(Double.NaN) - clock.epochMs();
        clientSkewMs = Double.isFinite(skewMs) ? OptionalDouble.of(skewMs) : OptionalDouble.empty();
        long latestNs = calls.latest().timestampNs();
        if (connect.maxObservedTimestampNs().isPresent()
                && connect.maxObservedTimestampNs().getAsLong() > latestNs) {
            LOG.warn("a client has seen a later timestamp than ours [ours={}]", latestNs);
            closeNow(CloseReason.INTERNAL_SERVER_ERROR);
        }
    }

    private void modifyQuerySet(ClientMessage.ModifyQuerySet message) {
        queries.modify(message);
        if (queries.hasTooManyRemoved()) {
            closeNow(CloseReason.SLOW_READER);
            return;
        }
        wantUpdate();
    }

    private QueryWatch watch(ClientMessage.FunctionCall call, Optional<String> journal) {
        return calls.watch(pathOf(call), call.arguments(), identity.caller, journal, new Wake());
    }

    /** There are no components here, so nothing is found in one. */
    private static String pathOf(ClientMessage.FunctionCall call) {
        return call.inComponent() ? "component/" + call.path() + "/" : call.path();
    }

    /** One watch's way to call for an update; each is an object of its own. */
    private final class Wake implements Runnable {
        @Override
        public void run() {
            if (!wakeQueued.getAndSet(true)) {
                enqueue(() -> {
                    wakeQueued.set(false);
                    changeSeen = true;
                    beginUpdate();
                });
            }
        }
    }

    // Identity

    private void authenticate(ClientMessage.Authenticate message) {
        if (message.baseVersion() != identityVersion) {
            throw new BadMessageException(
                    "the identity is at version " + identityVersion + ", not at " + message.baseVersion());
        }
        if (message.token().isEmpty()) {
            accept(new Authentication.Accepted(Caller.anonymous(), Optional.empty()));
            return;
        }
        authenticating = true;
        AuthToken token = message.token().get();
        Thread _ = Thread.ofVirtual().name("freshet-authenticate").start(() -> {
            Authentication outcome = verify(token);
            enqueue(() -> finishAuthentication(outcome));
        });
    }

    private Authentication verify(AuthToken token) {
        try {
            return authenticator.authenticate(token);
        } catch (RuntimeException failure) {
            LOG.error("a token could not be verified", failure);
            return new Authentication.Unavailable("the token could not be verified");
        }
    }

    private void finishAuthentication(Authentication outcome) {
        if (closed) {
            return;
        }
        authenticating = false;
        switch (outcome) {
            case Authentication.Accepted accepted -> accept(accepted);
            case Authentication.Refused(String code, String message) -> {
                send(new ServerMessage.AuthError(code + ": " + message, sent.identity(), true));
                closeNow(CloseReason.SAID_IN_MESSAGE);
            }
            case Authentication.Unavailable ignored -> closeNow(CloseReason.INTERNAL_SERVER_ERROR);
        }
        try {
            while (!closed && !authenticating && !held.isEmpty()) {
                Held next = held.remove();
                waiting.remove(next.characters);
                perform(next.message);
            }
        } catch (BadMessageException bad) {
            fail(bad.getMessage());
        }
    }

    private void accept(Authentication.Accepted accepted) {
        identityVersion++;
        identity = new Identity(accepted.caller(), accepted.expiresAt());
        watchAsCaller();
    }

    private void watchAsCaller() {
        queries.watchAnew();
        wantUpdate();
    }

    /** Whether the caller may still act; if not, the client is told to fetch a new token. */
    private boolean callerIsValid() {
        if (identity.expiresAt.isPresent()
                && clock.epochMs() >= identity.expiresAt.get().toEpochMilli()) {
            send(new ServerMessage.AuthError("TokenExpired: the token has expired", sent.identity(), false));
            closeNow(CloseReason.SAID_IN_MESSAGE);
            return false;
        }
        return true;
    }

    // Mutations and actions

    private void runNextMutation() {
        if (closed
                || mutationRunning
                || mutations.isEmpty()
                || outbox.isCrowded()
                || !waitingMutationIsValid(mutations.element())) {
            return;
        }
        WaitingMutation next = mutations.remove();
        ClientMessage.Mutation mutation = next.message;
        mutationRunning = true;
        Optional<RequestKey> request = sessionId.map(id -> new RequestKey(id, mutation.requestId()));
        var _ = calls.mutation(
                        pathOf(mutation.call()),
                        mutation.call().arguments(),
                        next.identity.caller,
                        request,
                        timestampNs -> committedNs = timestampNs)
                .whenComplete(
                        (outcome, failure) -> enqueue(() -> finishMutation(mutation.requestId(), outcome, failure)));
    }

    /** What was sent as somebody who has signed out or renewed the token since was valid when it was taken. */
    private boolean waitingMutationIsValid(WaitingMutation mutation) {
        return mutation.identity != identity || callerIsValid();
    }

    private void finishMutation(long requestId, @Nullable MutationOutcome outcome, @Nullable Throwable failure) {
        mutationRunning = false;
        if (closed) {
            return;
        }
        switch (outcome) {
            case MutationOutcome.Committed(ConvexValue result, long timestampNs) -> {
                owedTimestampNs = Math.max(owedTimestampNs, timestampNs);
                send(new ServerMessage.MutationSuccess(requestId, ConvexJson.encode(result), timestampNs));
            }
            case MutationOutcome.Failed(FunctionResult.Failure why) ->
                send(new ServerMessage.MutationFailure(requestId, why));
            case null -> closeNow(reasonOf(failure));
        }
        committedNs = NOTHING;
        wantUpdate();
        runNextMutation();
    }

    private void runAction(ClientMessage.Action action) {
        if (actionsRunning >= limits.parallelActions()) {
            closeNow(CloseReason.TOO_MANY_CONCURRENT_REQUESTS);
            return;
        }
        if (!callerIsValid()) {
            return;
        }
        actionsRunning++;
        var _ = calls.action(pathOf(action.call()), action.call().arguments(), identity.caller)
                .whenComplete((result, failure) -> enqueue(() -> {
                    actionsRunning--;
                    if (closed) {
                        return;
                    }
                    if (result == null) {
                        closeNow(reasonOf(failure));
                    } else {
                        send(new ServerMessage.ActionResponse(action.requestId(), result));
                        wantUpdate();
                    }
                }));
    }

    private static CloseReason reasonOf(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof FunctionRefusedException refusal) {
            return switch (refusal.reason()) {
                case EXECUTE_FULL -> CloseReason.EXECUTE_FULL;
                case COMMITTER_FULL -> CloseReason.COMMITTER_FULL;
                case SYSTEM_TIMEOUT -> CloseReason.SYSTEM_TIMEOUT;
                case STOPPED -> CloseReason.GOING_AWAY;
                case OUT_OF_RETENTION, STORAGE_FAILED, INTERNAL -> CloseReason.INTERNAL_SERVER_ERROR;
            };
        }
        LOG.error("a session failed", cause);
        return CloseReason.INTERNAL_SERVER_ERROR;
    }

    // Updates

    private void wantUpdate() {
        updateWanted = true;
        beginUpdate();
    }

    private void beginUpdate() {
        if (!closed
                && !updating
                && !authenticating
                && !outbox.hasEnoughTransitions()
                && (updateWanted || (changeSeen && paceAllows()))
                && callerIsValid()) {
            tryUpdate(1);
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
                    () -> enqueue(() -> {
                        paceTimerSet = false;
                        beginUpdate();
                    }));
        }
        return false;
    }

    private void tryUpdate(int attempt) {
        Snapshot snapshot = calls.latest();
        if (snapshot.timestampNs() >= committedNs) {
            // The response comes first, and calls for this update again.
            updating = false;
            updateWanted = true;
            return;
        }
        updateWanted = false;
        changeSeen = false;
        updating = true;
        List<Asked> asked = new ArrayList<>();
        for (SessionQuery query : queries.all()) {
            if (!query.holdsAt(snapshot.timestampNs())) {
                asked.add(new Asked(
                        query,
                        attempt < OPTIMISTIC_ATTEMPTS
                                ? query.watch().at(snapshot)
                                : query.watch().exactlyAt(snapshot)));
            }
        }
        Update update = new Update(snapshot, attempt, asked, queries.version(), identityVersion, queries.generation());
        if (asked.stream().allMatch(one -> one.result.isDone() && !one.result.isCompletedExceptionally())) {
            finishUpdate(update, Optional.empty());
        } else {
            var _ = CompletableFuture.allOf(asked.stream().map(Asked::result).toArray(CompletableFuture[]::new))
                    .whenComplete((done, failure) -> enqueue(() -> finishUpdate(update, Optional.ofNullable(failure))));
        }
    }

    private void finishUpdate(Update update, Optional<Throwable> failure) {
        if (closed) {
            return;
        }
        if (failure.isPresent()) {
            closeNow(reasonOf(failure.get()));
            return;
        }
        long timestampNs = update.snapshot.timestampNs();
        boolean overtaken =
                update.asked.stream().anyMatch(one -> !one.result.join().holdsAt(timestampNs));
        if (overtaken || update.generation != queries.generation()) {
            tryUpdate(update.attempt + 1);
            return;
        }
        updating = false;
        sendTransition(update, timestampNs);
        // A result that nobody follows was overtaken already; no wake will come for what it lacks.
        changeSeen |= update.asked.stream().anyMatch(one -> !one.result.join().isFollowed());
        beginUpdate();
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
        send(transition);
    }

    /** Who the client is since an Authenticate; the rights may change meanwhile. */
    private static final class Identity {
        private final Optional<Instant> expiresAt;
        private Caller caller;

        Identity(Caller caller, Optional<Instant> expiresAt) {
            this.caller = caller;
            this.expiresAt = expiresAt;
        }
    }

    private record Held(ClientMessage message, int characters) {}

    private record WaitingMutation(ClientMessage.Mutation message, Identity identity) {}

    private record Asked(SessionQuery query, CompletableFuture<Evaluation> result) {}

    private record Update(
            Snapshot snapshot,
            int attempt,
            List<Asked> asked,
            long querySetVersion,
            long identityVersion,
            int generation) {}

    // Sending

    private void send(ServerMessage message) {
        if (closed) {
            return;
        }
        if (!outbox.send(message)) {
            closeNow(CloseReason.SLOW_READER);
        }
    }

    private void flushed(int characters, boolean endsTransition) {
        outbox.taken(characters, endsTransition);
        if (endsTransition) {
            beginUpdate();
        }
        runNextMutation();
    }
}
