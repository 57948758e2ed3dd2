package dev.freshet.sync;

import java.time.Duration;

/** The standard limits, but for those that a test changes. */
final class ChangedLimits {
    private static final SyncLimits STANDARD = SyncLimits.standard();

    private int messageLength = STANDARD.messageLength();
    private int waitingMessages = STANDARD.waitingMessages();
    private int queries = STANDARD.queries();
    private Duration transitionInterval = STANDARD.transitionInterval();
    private long unsentCharacters = STANDARD.unsentCharacters();
    private int transitionBytes = STANDARD.transitionBytes();

    ChangedLimits messageLength(int characters) {
        messageLength = characters;
        return this;
    }

    ChangedLimits waitingMessages(int messages) {
        waitingMessages = messages;
        return this;
    }

    ChangedLimits queries(int most) {
        queries = most;
        return this;
    }

    ChangedLimits withoutPace() {
        transitionInterval = Duration.ZERO;
        return this;
    }

    ChangedLimits unsentCharacters(long characters) {
        unsentCharacters = characters;
        return this;
    }

    ChangedLimits transitionBytes(int bytes) {
        transitionBytes = bytes;
        return this;
    }

    SyncLimits get() {
        return new SyncLimits(
                messageLength,
                waitingMessages,
                STANDARD.waitingCharacters(),
                queries,
                STANDARD.parallelQueries(),
                STANDARD.waitingMutations(),
                STANDARD.parallelActions(),
                STANDARD.unsentTransitions(),
                transitionInterval,
                unsentCharacters,
                transitionBytes,
                STANDARD.pingInterval());
    }
}
