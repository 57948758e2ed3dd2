package dev.freshet.documents;

import java.time.Instant;
import java.util.Optional;

/**
 * A key to post events to a team, as it is kept: never the key itself, only its SHA-256 in lower-case hex. A fast hash is
 * enough here, unlike for passwords: a generated key is 256 random bits, which no number of guesses a second will find.
 *
 * @param quota of this key alone; empty: the server's
 */
public record WriteKey(String id, String name, String hash, Instant createdAt, Optional<EventQuota> quota) {
    /** Without a quota of its own. */
    public WriteKey(String id, String name, String hash, Instant createdAt) {
        this(id, name, hash, createdAt, Optional.empty());
    }
}
