package dev.freshet.sync;

import java.util.function.Consumer;

/** Tells what becomes of a caller whose token was accepted. */
@FunctionalInterface
public interface CallerChanges {
    /** Nothing becomes of the caller: what the token said holds until it ends. */
    CallerChanges NONE = listener -> () -> {};

    /**
     * Begins to tell, from the moment at which the token was looked at: what has changed since is told too. Does not block.
     *
     * @param listener takes the caller with other facts, or why the token is not good any more; returns at once
     * @return ends it
     */
    Runnable follow(Consumer<Authentication> listener);
}
