package dev.freshet.sync;

import dev.freshet.functions.Evaluation;
import dev.freshet.functions.FunctionResult;
import java.util.List;
import java.util.Optional;

/** What the server says. */
sealed interface ServerMessage {
    /** Brings the client from one version to the next, all results being of one snapshot. */
    record Transition(StateVersion start, StateVersion end, List<ResultChange> changes, Optional<ClockReading> clocks)
            implements ServerMessage {}

    /**
     * A piece of the text of a Transition that is too large for one message. The pieces come one behind the other, with nothing
     * but a Ping between them.
     *
     * @param transitionId the same for all pieces of one
     */
    record TransitionChunk(String chunk, int partNumber, int totalParts, long transitionId) implements ServerMessage {}

    /**
     * The two clocks, so that a client can tell how long a message was on its way.
     *
     * @param skewMs how far the client's clock was ahead when it connected
     * @param serverTimeNs the server's clock now
     */
    record ClockReading(double skewMs, long serverTimeNs) {}

    /** What became of one query. */
    sealed interface ResultChange {
        /**
         * It has another result, or another error.
         *
         * @param journal where its page ends, which the client gives back when it subscribes again
         */
        record Result(long queryId, Evaluation evaluation, Optional<String> journal) implements ResultChange {}

        /** It is no longer subscribed. */
        record Removed(long queryId) implements ResultChange {}
    }

    /** A mutation is committed. */
    record MutationSuccess(long requestId, String resultJson, long timestampNs) implements ServerMessage {}

    /** A mutation has failed. */
    record MutationFailure(long requestId, FunctionResult.Failure failure) implements ServerMessage {}

    /** An action has ended. */
    record ActionResponse(long requestId, FunctionResult result) implements ServerMessage {}

    /** The token is refused; a close follows. */
    record AuthError(String error, long baseVersion, boolean authUpdateAttempted) implements ServerMessage {}

    /** The client broke the protocol; a close follows, and the client does not return. */
    record FatalError(String error) implements ServerMessage {}

    /** A sign of life. */
    record Ping() implements ServerMessage {}
}
