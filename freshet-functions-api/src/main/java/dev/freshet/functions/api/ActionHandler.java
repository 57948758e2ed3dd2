package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;

/** The body of an action. Runs on a thread of its own and may block. */
@FunctionalInterface
public interface ActionHandler {
    /**
     * Runs the function.
     *
     * @param arguments have passed the function's argument validators
     * @throws ConvexError to tell the client why not, with data it can read
     * @throws Exception for any other failure; clients see its message in development only
     */
    ConvexValue run(ActionContext context, ConvexObject arguments) throws Exception;
}
