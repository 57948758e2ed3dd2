package dev.freshet.sync;

import dev.freshet.functions.api.Caller;
import java.util.concurrent.CompletionStage;

/** Makes sessions for sockets and answers the HTTP API. Thread-safe. */
public interface SyncServer {
    /** Begins a session for a socket that has just been opened. */
    SyncSession open(SyncTransport transport);

    /** How many sessions are open. */
    int sessions();

    /** Closes all sessions with {@link CloseReason#GOING_AWAY} and opens no more. */
    void close();

    /**
     * Answers a POST to the HTTP API.
     *
     * @param endpoint what follows {@code /api/}: {@code query}, {@code mutation}, {@code action}, {@code function},
     *     {@code query_batch}, {@code query_ts}, {@code query_at_ts}
     * @param body the request's body
     * @param caller who calls, as the server has verified
     */
    CompletionStage<HttpReply> post(String endpoint, String body, Caller caller);
}
