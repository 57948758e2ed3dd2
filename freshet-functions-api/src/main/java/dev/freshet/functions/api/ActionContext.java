package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** What an action is given. Each call of another function is a transaction of its own. */
public interface ActionContext {
    /** The caller, as far as the function declared. */
    DeclaredCaller caller();

    /** The wall clock. */
    Instant now();

    /** Randomness. */
    RandomGenerator random();

    /** Has functions run later; each call takes effect at once. */
    Scheduler scheduler();

    /** Runs a query at the newest moment, internal ones too, with this action's caller; its guard is not asked. */
    ConvexValue runQuery(String path, ConvexObject arguments);

    /** Runs a mutation, internal ones too, with this action's caller; its guard is not asked. */
    ConvexValue runMutation(String path, ConvexObject arguments);

    /** Runs another action on this thread, internal ones too; its guard is not asked. */
    ConvexValue runAction(String path, ConvexObject arguments);
}
