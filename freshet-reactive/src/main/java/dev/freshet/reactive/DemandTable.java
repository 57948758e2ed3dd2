package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexObject;
import java.util.Map;
import java.util.Optional;

/**
 * A table whose rows a {@link DemandProvider} makes for as long as somebody watches them. Functions read it as any table,
 * {@code context.db().get(name, key)}, where a row that is not there yet is absent. Thread-safe.
 */
public interface DemandTable {
    /** The table's name. */
    String name();

    /**
     * Sets or, where empty, takes away rows, all in one commit. Rows of keys that are not demanded are left out.
     *
     * @return when the commit is visible
     */
    java.util.concurrent.CompletionStage<CommitResult> publish(Map<String, Optional<ConvexObject>> rows);
}
