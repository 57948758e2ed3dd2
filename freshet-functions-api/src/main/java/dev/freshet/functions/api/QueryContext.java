package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.time.Instant;

/** What a query is given. Belongs to the thread of its function. */
public interface QueryContext {
    /** The tables, at one moment. */
    DatabaseReader db();

    /** The caller, as far as the function declared. */
    DeclaredCaller caller();

    /**
     * The logical time, truncated (UTC). A query that asks is run again at each tick of the granularity it asked for, and
     * only then, as far as time is concerned.
     */
    Instant now(Granularity granularity);

    /** Runs another query, internal ones too, at the same moment and as part of this function; its guard is not asked. */
    ConvexValue runQuery(String path, ConvexObject arguments);
}
