package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** What a mutation is given. Belongs to the thread of its function. */
public interface MutationContext extends QueryContext {
    @Override
    DatabaseWriter db();

    /** The time at which this run of the mutation began, to the millisecond; reading it causes no conflict. */
    Instant now();

    /** Has functions run later, if and when this mutation commits. */
    Scheduler scheduler();

    /** Randomness; another one at each run. */
    RandomGenerator random();

    /**
     * Runs another mutation within this transaction, internal ones too; its guard is not asked. If it throws and this
     * one catches, only the writes of the other are undone.
     */
    ConvexValue runMutation(String path, ConvexObject arguments);
}
