package dev.freshet.functions;

import dev.freshet.functions.value.ConvexValue;

/** How a mutation ended. */
public sealed interface MutationOutcome {
    /**
     * It is committed, now or when it was first sent.
     *
     * @param timestampNs the commit's timestamp
     */
    record Committed(ConvexValue result, long timestampNs) implements MutationOutcome {}

    /** The function threw or could not be called; nothing was written. */
    record Failed(FunctionResult.Failure failure) implements MutationOutcome {}
}
