package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;

/** The body of a mutation. Runs again when its transaction conflicts, so it must have no effect but its writes. */
@FunctionalInterface
public interface MutationHandler {
    /**
     * Runs the function.
     *
     * @param arguments have passed the function's argument validators
     * @throws ConvexError to tell the client why not, with data it can read
     * @throws Exception for any other failure; clients see its message in development only
     */
    ConvexValue run(MutationContext context, ConvexObject arguments) throws Exception;
}
