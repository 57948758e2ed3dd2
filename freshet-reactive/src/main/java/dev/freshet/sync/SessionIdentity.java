package dev.freshet.sync;

import dev.freshet.functions.api.Caller;
import dev.freshet.runtime.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who a client is, and what it said while that was found out. Belongs to its session's tasks. */
final class SessionIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(SessionIdentity.class);

    private final Authenticator authenticator;
    private final Clock clock;
    private final Deque<Held> held = new ArrayDeque<>();
    private long version;
    private Holder holder = new Holder(Caller.anonymous(), Optional.empty());
    private boolean verifying;

    SessionIdentity(Authenticator authenticator, Clock clock) {
        this.authenticator = authenticator;
        this.clock = clock;
    }

    /** Somebody the client is, or was, since an Authenticate; the rights may change meanwhile. */
    static final class Holder {
        private final Optional<Instant> expiresAt;
        private Caller caller;
        private Runnable endChanges = () -> {};

        private Holder(Caller caller, Optional<Instant> expiresAt) {
            this.caller = caller;
            this.expiresAt = expiresAt;
        }

        Caller caller() {
            return caller;
        }
    }

    /** A message that waits for the verification of a token; it goes on counting as one that waits. */
    record Held(ClientMessage message, int characters) {}

    /** How often the client has authenticated. */
    long version() {
        return version;
    }

    Holder holder() {
        return holder;
    }

    Caller caller() {
        return holder.caller;
    }

    /** Whether the token that makes the client who it is has expired. */
    boolean hasExpired() {
        return holder.expiresAt.isPresent()
                && clock.epochMs() >= holder.expiresAt.get().toEpochMilli();
    }

    /** Whoever it is may do something else from now on. */
    void changeRights(Caller caller) {
        holder.caller = caller;
    }

    void requireVersion(long baseVersion) {
        if (baseVersion != version) {
            throw new BadMessageException("the identity is at version " + version + ", not at " + baseVersion);
        }
    }

    /** @param onChange told, on any thread, what becomes of whom; of an earlier one too, if that was under way */
    void accept(Authentication.Accepted accepted, BiConsumer<Holder, Authentication> onChange) {
        version++;
        endChanges();
        Holder accepting = new Holder(accepted.caller(), accepted.expiresAt());
        holder = accepting;
        accepting.endChanges = accepted.changes().follow(change -> onChange.accept(accepting, change));
    }

    /** Nobody is to be told any more what becomes of the caller. */
    void endChanges() {
        holder.endChanges.run();
    }

    /**
     * Has the token verified on a thread of its own.
     *
     * @param onVerified called on that thread; a task is to call {@link #endVerification} then
     */
    void verify(AuthToken token, Consumer<Authentication> onVerified) {
        verifying = true;
        Thread _ = Thread.ofVirtual().name("freshet-authenticate").start(() -> onVerified.accept(outcomeOf(token)));
    }

    private Authentication outcomeOf(AuthToken token) {
        try {
            return authenticator.authenticate(token);
        } catch (RuntimeException | Error failure) {
            // Also errors: nobody would ever hear of the outcome.
            LOG.error("a token could not be verified", failure);
            return new Authentication.Unavailable("the token could not be verified");
        }
    }

    void endVerification() {
        verifying = false;
    }

    /** Whether messages are to be held until it is known who sends them. */
    boolean isVerifying() {
        return verifying;
    }

    void hold(ClientMessage message, int characters) {
        held.add(new Held(message, characters));
    }

    /** The next message that was held, where it is known by now who sent it. */
    Optional<Held> takeHeld() {
        return verifying ? Optional.empty() : Optional.ofNullable(held.poll());
    }

    void dropHeld() {
        held.clear();
    }
}
