package dev.freshet.auth;

import java.time.Instant;

/** What a token that passed says. */
public record VerifiedToken(
        Caller caller,
        String sessionId,
        String issuer,
        String email,
        String name,
        Instant issuedAt,
        Instant expiresAt) {
    /** Until when it stands for its caller: a little past its own end. */
    public Instant takenUntil() {
        return ClockTolerance.endOf(expiresAt);
    }

    /** How functions name this person across issuers: issuer, a bar, subject. */
    public String tokenIdentifier() {
        return issuer + "|" + caller.userId();
    }
}
