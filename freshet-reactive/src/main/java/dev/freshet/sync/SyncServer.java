package dev.freshet.sync;

import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Makes sessions for sockets and answers the HTTP API. Thread-safe. */
public final class SyncServer implements AutoCloseable {
    private final ReactiveRuntime runtime;
    private final Authenticator authenticator;
    private final SyncLimits limits;
    private final HttpCalls http;
    private final Set<SyncSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /** Over a runtime that runs; it is stopped by whoever started it. */
    public SyncServer(ReactiveRuntime runtime, Authenticator authenticator, SyncLimits limits) {
        this.runtime = runtime;
        this.authenticator = authenticator;
        this.limits = limits;
        this.http = new HttpCalls(runtime.calls());
    }

    /** Begins a session for a socket that has just been opened, by a client of this version. */
    public SyncSession open(SyncTransport transport, ClientVersion client) {
        SyncSession session = new SyncSession(
                transport,
                client,
                runtime.calls(),
                authenticator,
                limits,
                runtime.clock(),
                runtime.timer(),
                runtime.executor(),
                sessions::remove);
        sessions.add(session);
        if (stopped) {
            session.close(CloseReason.GOING_AWAY);
        }
        return session;
    }

    /** How many sessions are open. */
    public int sessions() {
        return sessions.size();
    }

    /** To be called about once a second: lets each session send a sign of life if it is time. */
    public void tick() {
        sessions.forEach(SyncSession::tick);
    }

    /**
     * Answers a POST to the HTTP API. The stage never fails.
     *
     * @param endpoint what follows {@code /api/}: {@code query}, {@code mutation}, {@code action}, {@code function},
     *     {@code query_batch}, {@code query_ts}, {@code query_at_ts}, {@code run/module/function}, this one as it is in the URL
     * @param body the request's body
     * @param caller who calls, as the server has verified
     * @param client whose format results have where the body names none
     */
    public CompletionStage<HttpReply> post(String endpoint, String body, Caller caller, ClientVersion client) {
        return http.post(endpoint, body, caller, client);
    }

    /** The same for a client that does not say what it is. */
    public CompletionStage<HttpReply> post(String endpoint, String body, Caller caller) {
        return post(endpoint, body, caller, ClientVersion.UNKNOWN);
    }

    /**
     * Answers {@code GET /api/query}. The stage never fails.
     *
     * @param arguments JSON, as in the request's query
     * @param format as in the request's query
     * @param client whose format results have where there is none
     */
    public CompletionStage<HttpReply> getQuery(
            String path, String arguments, Optional<String> format, Caller caller, ClientVersion client) {
        return http.getQuery(path, arguments, format, caller, client);
    }

    /** Closes all sessions with {@link CloseReason#GOING_AWAY}; those opened later are closed at once. */
    @Override
    public void close() {
        stopped = true;
        sessions.forEach(session -> session.close(CloseReason.GOING_AWAY));
    }
}
