package dev.freshet.sync;

import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.value.ConvexObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What a client says. */
sealed interface ClientMessage {
    /** Opens the conversation on a new socket. */
    record Connect(Optional<String> sessionId, OptionalLong maxObservedTimestampNs, OptionalDouble clientTimeMs)
            implements ClientMessage {}

    /** Adds and removes queries. */
    record ModifyQuerySet(long baseVersion, long newVersion, List<QueryChange> changes) implements ClientMessage {}

    /** Runs a mutation. */
    record Mutation(long requestId, FunctionCall call) implements ClientMessage {}

    /** Runs an action. */
    record Action(long requestId, FunctionCall call) implements ClientMessage {}

    /** Says who the client is; empty for nobody. */
    record Authenticate(long baseVersion, Optional<AuthToken> token) implements ClientMessage {}

    /** Telemetry, which is of no consequence. */
    record Event() implements ClientMessage {}

    /** One change of the query set. */
    sealed interface QueryChange {
        /** Subscribes. */
        record Add(long queryId, FunctionCall call, Optional<String> journal) implements QueryChange {}

        /** Ends a subscription. */
        record Remove(long queryId) implements QueryChange {}
    }

    /**
     * Which function, and with what.
     *
     * @param inComponent whether it is asked for in a component, of which there are none here
     * @param fault why it cannot be called, whichever function it is
     */
    record FunctionCall(
            String path, ConvexObject arguments, boolean inComponent, Optional<FunctionResult.Failure> fault) {
        /** What stands in for a call that can only fail; keeps nothing of the call. */
        static FunctionCall failing(FunctionResult.Failure fault) {
            return new FunctionCall("", ConvexObject.empty(), false, Optional.of(fault));
        }
    }
}
