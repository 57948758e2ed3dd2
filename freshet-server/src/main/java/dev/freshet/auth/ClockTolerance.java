package dev.freshet.auth;

import java.time.Duration;
import java.time.Instant;

/**
 * How far another process's clock may be off. A token is taken until this long after its end, and whoever is signed in by it is
 * so until the same moment: were one earlier than the other, a client would be let in and thrown out in turn.
 */
final class ClockTolerance {
    static final Duration LENGTH = Duration.ofSeconds(5);

    private ClockTolerance() {}

    /** When a token with this end is no longer taken. */
    static Instant endOf(Instant expiresAt) {
        return expiresAt.plus(LENGTH);
    }

    /** Whether a time that must have come lies ahead all the same. */
    static boolean isAhead(Instant time, Instant now) {
        return time.isAfter(now.plus(LENGTH));
    }
}
