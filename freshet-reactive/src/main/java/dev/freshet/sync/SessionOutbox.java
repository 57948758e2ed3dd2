package dev.freshet.sync;

import dev.freshet.runtime.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * What a session says, counted until the socket has taken it. Belongs to its session's tasks, but for
 * {@link #isSilent}, which anyone may ask.
 */
final class SessionOutbox {
    private static final int UNSENT_MESSAGES_BEFORE_MUTATIONS_WAIT = 256;

    private final SyncTransport transport;
    private final ClientVersion client;
    private final SyncLimits limits;
    private final Clock clock;
    private final Flushed onFlushed;
    private volatile long lastSentNs;
    private int unsentTransitions;
    private int unsentMessages;
    private long unsentCharacters;
    private long chunkedTransitions;

    /** @param onFlushed called by the transport, on any thread, each time it has taken a message */
    SessionOutbox(SyncTransport transport, ClientVersion client, SyncLimits limits, Clock clock, Flushed onFlushed) {
        this.transport = transport;
        this.client = client;
        this.limits = limits;
        this.clock = clock;
        this.onFlushed = onFlushed;
        this.lastSentNs = clock.monotonicNs();
    }

    /** Hears that a message has been taken, which is to be told to {@link #taken} by a task. */
    @FunctionalInterface
    interface Flushed {
        void flushed(int characters, boolean endsTransition);
    }

    /**
     * Sends a message.
     *
     * @return false when the client reads too slowly for this one, which is not sent
     */
    boolean send(ServerMessage message) {
        String text = ServerMessageWriter.write(message);
        boolean isTransition = message instanceof ServerMessage.Transition;
        List<String> parts = isTransition && client.takesChunks() ? parts(text) : List.of(text);
        lastSentNs = clock.monotonicNs();
        unsentMessages += parts.size();
        unsentTransitions += isTransition ? 1 : 0;
        unsentCharacters += parts.stream().mapToLong(String::length).sum();
        if (unsentCharacters > limits.unsentCharacters()) {
            return false;
        }
        for (int number = 0; number < parts.size(); number++) {
            String part = parts.get(number);
            boolean endsTransition = isTransition && number == parts.size() - 1;
            transport.send(part, () -> onFlushed.flushed(part.length(), endsTransition));
        }
        return true;
    }

    private List<String> parts(String transition) {
        List<String> pieces = TransitionChunks.cut(transition, limits.transitionBytes());
        if (pieces.size() == 1) {
            return pieces;
        }
        chunkedTransitions++;
        List<String> parts = new ArrayList<>(pieces.size());
        for (String piece : pieces) {
            parts.add(ServerMessageWriter.write(
                    new ServerMessage.TransitionChunk(piece, parts.size(), pieces.size(), chunkedTransitions)));
        }
        return parts;
    }

    /** The socket has taken a message. */
    void taken(int characters, boolean endsTransition) {
        unsentMessages--;
        unsentCharacters -= characters;
        unsentTransitions -= endsTransition ? 1 : 0;
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
