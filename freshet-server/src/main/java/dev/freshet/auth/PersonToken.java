package dev.freshet.auth;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token of a trusted issuer says that passed.
 *
 * @param issuer as the token writes it
 * @param claims all of the token's, under their own names
 */
public record PersonToken(String issuer, String subject, Map<String, @Nullable Object> claims, Instant expiresAt) {
    /** Until when it stands for this person: a little past its own end. */
    public Instant takenUntil() {
        return ClockTolerance.endOf(expiresAt);
    }

    /** How functions name this person across issuers: issuer, a bar, subject. */
    public String tokenIdentifier() {
        return issuer + "|" + subject;
    }
}
