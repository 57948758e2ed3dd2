package dev.freshet.functions;

import dev.freshet.reactive.Database;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The live queries by key. Queries that nobody watches stay as long as their result holds, up to a number of entries, so
 * that a page that is opened again, or an HTTP client that asks again, costs no run. Thread-safe.
 */
final class QueryCache {
    private static final int SWEEP_AT_LEAST = 2_000;

    private final QueryRunner runner;
    private final Database database;
    private final ConcurrentMap<QueryKey, LiveQuery> queries = new ConcurrentHashMap<>();
    private volatile int sweepAt = SWEEP_AT_LEAST;

    QueryCache(QueryRunner runner, Database database) {
        this.runner = runner;
        this.database = database;
    }

    /** How many distinct queries are held, for metrics. */
    int size() {
        return queries.size();
    }

    /** The query of this key, watched from now on. */
    LiveQuery attach(QueryKey key, Runnable watcher) {
        while (true) {
            LiveQuery query = queries.computeIfAbsent(
                    key, missing -> new LiveQuery(missing, runner, database, this::remove, this::pin));
            if (query.attach(watcher)) {
                sweepIfLarge();
                return query;
            }
            queries.remove(key, query);
        }
    }

    private void remove(LiveQuery unused) {
        queries.remove(unused.key(), unused);
        unused.pinnedUnder().ifPresent(pinned -> queries.remove(pinned, unused));
    }

    /**
     * A page that others have watched for a while may have grown to any length. Who asks for a page anew is given one of
     * the length asked for; who comes back with the journal finds the old one.
     */
    private void pin(LiveQuery page) {
        if (queries.remove(page.key(), page)) {
            // Its journal may change again, but here it stays under this one.
            QueryKey pinned = page.pin();
            queries.putIfAbsent(pinned, page);
            if (page.isClosed()) {
                queries.remove(pinned, page);
            }
        }
    }

    /** Drops what nobody watches once the table has doubled since the last sweep. */
    private void sweepIfLarge() {
        if (queries.size() > sweepAt) {
            sweepAt = Integer.MAX_VALUE;
            for (Iterator<LiveQuery> all = queries.values().iterator(); all.hasNext(); ) {
                all.next().close();
            }
            sweepAt = Math.max(SWEEP_AT_LEAST, 2 * queries.size());
        }
    }
}
