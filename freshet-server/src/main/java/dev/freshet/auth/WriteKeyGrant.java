package dev.freshet.auth;

import dev.freshet.documents.EventQuota;
import java.util.Optional;

/**
 * What a valid key grants: posting events to this team.
 *
 * @param keyId empty for the admin key, which has no quota
 * @param quota of this key alone
 */
public record WriteKeyGrant(String teamId, String keyId, Optional<EventQuota> quota) {
    public WriteKeyGrant(String teamId, String keyId) {
        this(teamId, keyId, Optional.empty());
    }

    /** What the admin key grants. */
    public static WriteKeyGrant administrator(String teamId) {
        return new WriteKeyGrant(teamId, "");
    }

    public boolean isAdministrator() {
        return keyId.isEmpty();
    }
}
