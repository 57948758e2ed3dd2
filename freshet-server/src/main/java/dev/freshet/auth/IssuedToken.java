package dev.freshet.auth;

import java.time.Instant;

/** A signed token and when it ends. */
public record IssuedToken(String token, Instant expiresAt) {
    /** Without the token, so that no log line carries it. */
    @Override
    public String toString() {
        return "IssuedToken[expiresAt=" + expiresAt + "]";
    }
}
