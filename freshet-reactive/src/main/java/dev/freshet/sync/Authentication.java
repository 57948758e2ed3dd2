package dev.freshet.sync;

import dev.freshet.functions.api.Caller;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What became of a token. */
public sealed interface Authentication {
    /**
     * The token is good.
     *
     * @param caller who it is
     * @param expiresAt until when; after it the next thing the socket does is refused
     * @param changes what becomes of the caller while the socket is open
     */
    record Accepted(Caller caller, Optional<Instant> expiresAt, CallerChanges changes) implements Authentication {
        public Accepted {
            Objects.requireNonNull(caller, "caller");
            Objects.requireNonNull(expiresAt, "expiresAt");
            Objects.requireNonNull(changes, "changes");
        }

        /** A caller of whom the token says all there is. */
        public Accepted(Caller caller, Optional<Instant> expiresAt) {
            this(caller, expiresAt, CallerChanges.NONE);
        }
    }

    /** The token is no good; the client will fetch another. */
    record Refused(String code, String message) implements Authentication {}

    /** It cannot be told now; the socket is closed and the client comes back with the same token. */
    record Unavailable(String message) implements Authentication {}
}
