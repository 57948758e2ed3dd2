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

    /** The one that has this {@link #documentId}. */
    static RequestKey of(String documentId) {
        int colon = documentId.lastIndexOf(':');
        return new RequestKey(documentId.substring(0, colon), Long.parseLong(documentId.substring(colon + 1)));
    }
}
