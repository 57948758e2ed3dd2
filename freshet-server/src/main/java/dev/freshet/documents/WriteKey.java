package dev.freshet.documents;

import java.time.Instant;

/**
 * A key to post events to a team, as it is kept: never the key itself, only its SHA-256 in lower-case hex. A fast hash is
 * enough here, unlike for passwords: a generated key is 256 random bits, which no number of guesses a second will find.
 */
public record WriteKey(String id, String name, String hash, Instant createdAt) {}
