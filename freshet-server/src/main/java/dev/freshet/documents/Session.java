package dev.freshet.documents;

import java.time.Instant;
import java.util.Optional;

/**
 * One sign-in of one member on one device. Tokens name it; it ends by sign-out ({@code revokedAt}) or at
 * {@code expiresAt}, after which its document is removed.
 */
public record Session(
        String id, String userId, Instant createdAt, Instant usedAt, Instant expiresAt, Optional<Instant> revokedAt) {
    static final int SCHEMA_VERSION = 1;

    static Session read(StoredDocument stored) {
        stored.schemaVersion(SCHEMA_VERSION);
        return new Session(
                stored.text("_id"),
                stored.objectId("userId").toHexString(),
                stored.instant("createdAt"),
                stored.instant("usedAt"),
                stored.instant("expiresAt"),
                stored.optionalInstant("revokedAt"));
    }
}
