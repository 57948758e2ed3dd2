package dev.freshet.sync;

/** Why a socket is closed, with its WebSocket code. Clients choose how long to wait before they return by the name. */
public enum CloseReason {
    /** The server stops or moves; return at once. */
    GOING_AWAY(1001, "GoingAway"),
    /** What had to be said was said in an AuthError or FatalError. */
    SAID_IN_MESSAGE(1000, ""),
    /** A failure of the server. */
    INTERNAL_SERVER_ERROR(1011, "InternalServerError"),
    /** More mutations wait on this socket than one may have. */
    TOO_MANY_CONCURRENT_MUTATIONS(1013, "TooManyConcurrentMutations"),
    /** More messages or actions wait on this socket than one may have. */
    TOO_MANY_CONCURRENT_REQUESTS(1013, "TooManyConcurrentRequests"),
    /** The committer's queue is full. */
    COMMITTER_FULL(1013, "CommitterFullError"),
    /** All threads for functions are taken. */
    EXECUTE_FULL(1013, "ExecuteFullError"),
    /** A mutation took too long. */
    SYSTEM_TIMEOUT(1013, "SystemTimeoutError"),
    /** The client reads too slowly for what it asks. */
    SLOW_READER(1013, "TooManyConcurrentRequests");

    private final int code;
    private final String reason;

    CloseReason(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /** The WebSocket close code. */
    public int code() {
        return code;
    }

    /** The close frame's reason. */
    public String reason() {
        return reason;
    }
}
