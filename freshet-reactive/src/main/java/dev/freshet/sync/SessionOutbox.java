package dev.freshet.sync;

import dev.freshet.runtime.Clock;

/**
 * What a session says, counted until the socket has taken it. Belongs to its session's tasks, but for
 * {@link #isSilent}, which anyone may ask.
 */
final class SessionOutbox {
    private static final int UNSENT_MESSAGES_BEFORE_MUTATIONS_WAIT = 256;

    private final SyncTransport transport;
    private final SyncLimits limits;
    private final Clock clock;
    private final Flushed onFlushed;
    private volatile long lastSentNs;
    private int unsentTransitions;
    private int unsentMessages;
    private long unsentCharacters;

    /** @param onFlushed called by the transport, on any thread, each time it has taken a message */
    SessionOutbox(SyncTransport transport, SyncLimits limits, Clock clock, Flushed onFlushed) {
        this.transport = transport;
        this.limits = limits;
        this.clock = clock;
        this.onFlushed = onFlushed;
        this.lastSentNs = clock.monotonicNs();
    }

    /** Hears that a message has been taken, which is to be told to {@link #taken} by a task. */
    @FunctionalInterface
    interface Flushed {
        void flushed(int characters, boolean isTransition);
    }

    /**
     * Sends a message.
     *
     * @return false when the client reads too slowly for this one, which is not sent
     */
    boolean send(ServerMessage message) {
        String text = ServerMessageWriter.write(message);
        boolean isTransition = message instanceof ServerMessage.Transition;
        lastSentNs = clock.monotonicNs();
        unsentMessages++;
        unsentTransitions += isTransition ? 1 : 0;
        unsentCharacters += text.length();
        if (unsentCharacters > limits.unsentCharacters()) {
            return false;
        }
        transport.send(text, () -> onFlushed.flushed(text.length(), isTransition));
        return true;
    }

    /** The socket has taken a message. */
    void taken(int characters, boolean isTransition) {
        unsentMessages--;
        unsentCharacters -= characters;
        unsentTransitions -= isTransition ? 1 : 0;
    }

    /** Whether so many Transitions are unsent that no more are to be computed. */
    boolean hasEnoughTransitions() {
        return unsentTransitions >= limits.unsentTransitions();
    }

    /** Whether so much is unsent that no more mutations are to be begun, since each will be answered. */
    boolean isCrowded() {
        return unsentMessages > UNSENT_MESSAGES_BEFORE_MUTATIONS_WAIT;
    }

    /** Whether nothing has been said for so long that a sign of life is due. */
    boolean isSilent() {
        return clock.monotonicNs() - lastSentNs >= limits.pingInterval().toNanos();
    }
}
