package dev.freshet.sync;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.FunctionCalls;
import dev.freshet.functions.FunctionRefusedException;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.MutationOutcome;
import dev.freshet.functions.QueryWatch;
import dev.freshet.functions.RequestKey;
import dev.freshet.functions.SerialTasks;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
 * before anybody can see it ({@link SessionUpdates#holdBack}); from then until the response is queued no update at or past
 * it begins.
 */
public final class SyncSession {
    private static final Logger LOG = LoggerFactory.getLogger(SyncSession.class);
    private static final int MAX_SESSION_ID_LENGTH = 128;

    private final SyncTransport transport;
    private final SessionOutbox outbox;
    private final WaitingMessages waiting;
    private final FunctionCalls calls;
    private final SyncLimits limits;
    private final Clock clock;
    private final SerialTasks tasks;
    private final Consumer<SyncSession> onClosed;

    private final AtomicBoolean wakeQueued = new AtomicBoolean();
    private final AtomicBoolean overrun = new AtomicBoolean();
    private volatile boolean closed;

    private final SessionQueries queries;
    private final SessionIdentity identity;
    private final SessionUpdates updates;
    private final Deque<WaitingMutation> mutations = new ArrayDeque<>();
    private Optional<String> sessionId = Optional.empty();
    private boolean connected;
    private boolean mutationRunning;
    private int actionsRunning;

    SyncSession(
            SyncTransport transport,
            ClientVersion client,
            FunctionCalls calls,
            Authenticator authenticator,
            SyncLimits limits,
            Clock clock,
            Timer timer,
            Executor executor,
            Consumer<SyncSession> onClosed) {
        this.transport = transport;
        this.calls = calls;
        this.limits = limits;
        this.clock = clock;
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
        this.identity = new SessionIdentity(authenticator, clock);
        this.updates = new SessionUpdates(this, queries, identity, outbox, calls, limits, clock, timer);
    }

    /** Adds a task; if it fails the session's state cannot be relied on, so the client is sent to begin a new one. */
    void enqueue(Runnable task) {
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

    boolean isClosed() {
        return closed;
    }

    /** Closes since a call of a function could not be run. */
    void closeAfter(@Nullable Throwable failure) {
        closeNow(reasonOf(failure));
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
            identity.endChanges();
            queries.detachAll();
            mutations.clear();
            identity.dropHeld();
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
            if (identity.isVerifying()) {
                identity.hold(message, text.length());
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
            mutations.add(new WaitingMutation(mutation, identity.holder()));
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
        if (Double.isFinite(skewMs)) {
            updates.useClientSkew(skewMs);
        }
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
        updates.want();
    }

    private QueryWatch watch(ClientMessage.FunctionCall call, Optional<String> journal) {
        return new SessionCalls(calls).watch(call, identity.caller(), journal, new Wake());
    }

    /** One watch's way to call for an update; each is an object of its own. */
    private final class Wake implements Runnable {
        @Override
        public void run() {
            if (!wakeQueued.getAndSet(true)) {
                enqueue(() -> {
                    wakeQueued.set(false);
                    updates.changed();
                });
            }
        }
    }

    // Identity

    private void authenticate(ClientMessage.Authenticate message) {
        identity.requireVersion(message.baseVersion());
        message.token()
                .ifPresentOrElse(
                        token -> identity.verify(token, outcome -> enqueue(() -> finishAuthentication(outcome))),
                        () -> accept(new Authentication.Accepted(Caller.anonymous(), Optional.empty())));
    }

    private void finishAuthentication(Authentication outcome) {
        if (closed) {
            return;
        }
        identity.endVerification();
        switch (outcome) {
            case Authentication.Accepted accepted -> accept(accepted);
            case Authentication.Refused(String code, String message) -> {
                send(new ServerMessage.AuthError(code + ": " + message, updates.sentIdentity(), true));
                closeNow(CloseReason.SAID_IN_MESSAGE);
            }
            case Authentication.Unavailable ignored -> closeNow(CloseReason.INTERNAL_SERVER_ERROR);
        }
        try {
            Optional<SessionIdentity.Held> next = identity.takeHeld();
            while (!closed && next.isPresent()) {
                waiting.remove(next.get().characters());
                perform(next.get().message());
                next = identity.takeHeld();
            }
        } catch (BadMessageException bad) {
            fail(bad.getMessage());
        }
    }

    private void accept(Authentication.Accepted accepted) {
        identity.accept(accepted, (whose, change) -> enqueue(() -> callerChanged(whose, change)));
        watchAsCaller();
    }

    /** Guards are asked again and queries that see the difference run again; or the client is told that its token is over. */
    private void callerChanged(SessionIdentity.Holder whose, Authentication change) {
        if (closed || whose != identity.holder()) {
            return;
        }
        switch (change) {
            case Authentication.Accepted accepted -> {
                identity.changeRights(accepted.caller());
                watchAsCaller();
            }
            case Authentication.Refused(String code, String message) -> {
                send(new ServerMessage.AuthError(code + ": " + message, updates.sentIdentity(), false));
                closeNow(CloseReason.SAID_IN_MESSAGE);
            }
            case Authentication.Unavailable ignored -> closeNow(CloseReason.INTERNAL_SERVER_ERROR);
        }
    }

    private void watchAsCaller() {
        queries.watchAnew();
        updates.want();
    }

    /** Whether the caller may still act; if not, the client is told to fetch a new token. */
    boolean callerIsValid() {
        if (identity.hasExpired()) {
            send(new ServerMessage.AuthError("TokenExpired: the token has expired", updates.sentIdentity(), false));
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
        var _ = new SessionCalls(calls)
                .mutation(mutation.call(), next.sender.caller(), request, updates::holdBack)
                .whenComplete(
                        (outcome, failure) -> enqueue(() -> finishMutation(mutation.requestId(), outcome, failure)));
    }

    /** What was sent as somebody who has signed out or renewed the token since was valid when it was taken. */
    private boolean waitingMutationIsValid(WaitingMutation mutation) {
        return mutation.sender != identity.holder() || callerIsValid();
    }

    private void finishMutation(long requestId, @Nullable MutationOutcome outcome, @Nullable Throwable failure) {
        mutationRunning = false;
        if (closed) {
            return;
        }
        switch (outcome) {
            case MutationOutcome.Committed(ConvexValue result, long timestampNs) -> {
                updates.owe(timestampNs);
                send(new ServerMessage.MutationSuccess(requestId, ConvexJson.encode(result), timestampNs));
            }
            case MutationOutcome.Failed(FunctionResult.Failure why) ->
                send(new ServerMessage.MutationFailure(requestId, why));
            case null -> closeAfter(failure);
        }
        updates.show();
        updates.want();
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
        var _ = new SessionCalls(calls)
                .action(action.call(), identity.caller())
                .whenComplete((result, failure) -> enqueue(() -> {
                    actionsRunning--;
                    if (closed) {
                        return;
                    }
                    if (result == null) {
                        closeAfter(failure);
                    } else {
                        send(new ServerMessage.ActionResponse(action.requestId(), result));
                        updates.want();
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

    private record WaitingMutation(ClientMessage.Mutation message, SessionIdentity.Holder sender) {}

    // Sending

    void send(ServerMessage message) {
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
            updates.begin();
        }
        runNextMutation();
    }
}
