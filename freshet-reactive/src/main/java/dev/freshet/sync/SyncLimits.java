package dev.freshet.sync;

import java.time.Duration;

/**
 * What one socket may use.
 *
 * @param messageLength characters of one message from the client
 * @param waitingMessages messages that may wait to be looked at
 * @param waitingCharacters characters of all of them
 * @param queries queries subscribed at a moment
 * @param parallelQueries queries that may run for it at a moment; what is shared with others costs no run
 * @param waitingMutations mutations that may wait; they run one at a time
 * @param parallelActions actions that may run at a moment
 * @param unsentTransitions Transitions that may be unsent before results are no longer computed
 * @param transitionInterval the least time between two Transitions that only bring changes by others
 * @param unsentCharacters characters that may be unsent before the client is too slow and is sent away
 * @param transitionBytes of a Transition's text, past which it goes in pieces to clients that know them
 * @param pingInterval how long nothing may be said before a Ping is
 */
public record SyncLimits(
        int messageLength,
        int waitingMessages,
        long waitingCharacters,
        int queries,
        int parallelQueries,
        int waitingMutations,
        int parallelActions,
        int unsentTransitions,
        Duration transitionInterval,
        long unsentCharacters,
        int transitionBytes,
        Duration pingInterval) {
    /** Convex's limits where it has them. */
    public static SyncLimits standard() {
        return new SyncLimits(
                24 << 20,
                5_000,
                64L << 20,
                25_000,
                20,
                1_000,
                1_000,
                2,
                Duration.ofMillis(50),
                128L << 20,
                5_000_000,
                Duration.ofSeconds(15));
    }
}
