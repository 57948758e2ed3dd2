package dev.freshet.functions;

import java.util.Objects;

/** Names one mutation of one client, across its reconnects: run once, however often it is sent. */
public record RequestKey(String sessionId, long requestId) {
    public RequestKey {
        Objects.requireNonNull(sessionId, "sessionId");
    }

    String documentId() {
        return sessionId + ":" + requestId;
    }
}
