package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;

/** The body of a query. Pure: no I/O, no wall clock, no state of its own; the same tables give the same answer. */
@FunctionalInterface
public interface QueryHandler {
    /**
     * Runs the function.
     *
     * @param arguments have passed the function's argument validators
     * @throws ConvexError to tell the client why not, with data it can read
     * @throws Exception for any other failure; clients see its message in development only
     */
    ConvexValue run(QueryContext context, ConvexObject arguments) throws Exception;
}
