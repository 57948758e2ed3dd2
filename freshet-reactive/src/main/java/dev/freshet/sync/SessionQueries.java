package dev.freshet.sync;

import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.QueryWatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a client is subscribed to, with the version it has given that. Belongs to its session's tasks. */
final class SessionQueries {
    private final SyncLimits limits;
    private final Watching watching;
    private final Map<Long, SessionQuery> queries = new LinkedHashMap<>();
    private final Set<Long> removed = new LinkedHashSet<>();
    private long version;
    private int generation;

    /** @param watching begins to watch a query on behalf of whom the client now is */
    SessionQueries(SyncLimits limits, Watching watching) {
        this.limits = limits;
        this.watching = watching;
    }

    /** See {@code SessionQueries}. */
    @FunctionalInterface
    interface Watching {
        QueryWatch watch(ClientMessage.FunctionCall call, Optional<String> journal);
    }

    /** Adds and removes queries. */
    void modify(ClientMessage.ModifyQuerySet message) {
        if (message.baseVersion() != version || message.newVersion() <= message.baseVersion()) {
            throw new BadMessageException("the query set is at version " + version + ", it cannot go from "
                    + message.baseVersion() + " to " + message.newVersion());
        }
        for (ClientMessage.QueryChange change : message.changes()) {
            switch (change) {
                case ClientMessage.QueryChange.Add add -> add(add);
                case ClientMessage.QueryChange.Remove(long queryId) -> remove(queryId);
            }
        }
        version = message.newVersion();
    }

    private void add(ClientMessage.QueryChange.Add add) {
        if (queries.containsKey(add.queryId())) {
            throw new BadMessageException("there already is a query " + add.queryId());
        }
        removed.remove(add.queryId());
        boolean tooMany = queries.size() >= limits.queries();
        ClientMessage.FunctionCall call = tooMany ? refusedCall() : add.call();
        Optional<String> journal = tooMany ? Optional.empty() : add.journal();
        queries.put(add.queryId(), new SessionQuery(add.queryId(), call, journal, watching.watch(call, journal)));
    }

    /**
     * A query too many fails, and nothing of it is kept but its id: a FatalError would end the whole page. Only a client that
     * goes on to twice as many is ended.
     */
    private ClientMessage.FunctionCall refusedCall() {
        String problem = "a socket has at most " + limits.queries() + " queries";
        if (queries.size() >= 2 * limits.queries()) {
            throw new BadMessageException(problem);
        }
        return ClientMessage.FunctionCall.failing(
                new FunctionResult.Failure("TooManyQueries: " + problem, Optional.empty()));
    }

    private void remove(long queryId) {
        SessionQuery query = queries.remove(queryId);
        if (query == null) {
            throw new BadMessageException("there is no query " + queryId);
        }
        query.watch().detach();
        removed.add(queryId);
    }

    /** The client's version. */
    long version() {
        return version;
    }

    /** Moves on when a query is watched on behalf of somebody else, so that results of before no longer count. */
    int generation() {
        return generation;
    }

    Collection<SessionQuery> all() {
        return queries.values();
    }

    /** Whether the client is still subscribed to this very query. */
    boolean holds(SessionQuery query) {
        return queries.get(query.queryId()) == query;
    }

    /** Whether the client removes so much without taking the news of it that it does not read. */
    boolean hasTooManyRemoved() {
        return removed.size() > limits.queries();
    }

    /** Those that were removed since this was last asked. */
    List<Long> takeRemoved() {
        List<Long> taken = new ArrayList<>(removed);
        removed.clear();
        return taken;
    }

    /** Watches all anew, since the client is somebody else or may do something else. */
    void watchAnew() {
        for (SessionQuery query : queries.values()) {
            if (query.exchange(watching.watch(query.call(), query.journal()))) {
                generation++;
            }
        }
    }

    void detachAll() {
        queries.values().forEach(query -> query.watch().detach());
        queries.clear();
    }
}
