package dev.freshet.functions;

import dev.freshet.functions.value.ConvexValue;
import java.util.Optional;

/** How a call of a function ended. */
public sealed interface FunctionResult {
    /** It returned. */
    record Success(ConvexValue value) implements FunctionResult {}

    /**
     * It threw, or could not be called.
     *
     * @param message what the client is told
     * @param data the data of a ConvexError; empty for any other failure
     */
    record Failure(String message, Optional<ConvexValue> data) implements FunctionResult {}
}
