package dev.freshet.auth;

import dev.freshet.documents.Session;
import dev.freshet.documents.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions that were signed out and may still have a token in force, in memory, so that what this process signs out is
 * refused from then on; {@link Memberships} hears of what others sign out. An entry is dropped when all tokens of its session have expired, which bounds the set by the sign-outs of one
 * token lifetime. Thread-safe; {@link #contains} does not block, the rest does.
 */
public final class RevokedSessions {
    /** Refreshing goes by the session document, so only tokens count here, with room for clocks that differ. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final Sessions sessions;
    private final InstantSource clock;
    private final Duration kept;
    private final Map<String, Instant> revokedAt = new ConcurrentHashMap<>();

    private RevokedSessions(Sessions sessions, InstantSource clock, Duration tokenLifetime) {
        this.sessions = sessions;
        this.clock = clock;
        this.kept = tokenLifetime.plus(MARGIN);
    }

    /** Reads the recent sign-outs. */
    public static RevokedSessions open(Sessions sessions, TokenSettings settings, InstantSource clock) {
        RevokedSessions revoked = new RevokedSessions(sessions, clock, settings.lifetime());
        revoked.reload();
        return revoked;
    }

    boolean contains(String sessionId) {
        return revokedAt.containsKey(sessionId);
    }

    /** Signs a session out, in MongoDB first; when this returns, its tokens are refused. */
    void revoke(String sessionId) {
        Instant now = clock.instant();
        sessions.revoke(sessionId, now);
        revokedAt.put(sessionId, now);
        dropExpired(now);
    }

    /** Adds what other processes signed out, and drops what has expired; call it every few seconds where there are such. */
    public void reload() {
        Instant now = clock.instant();
        for (Session session : sessions.revokedSince(now.minus(kept))) {
            session.revokedAt().ifPresent(at -> revokedAt.put(session.id(), at));
        }
        dropExpired(now);
    }

    private void dropExpired(Instant now) {
        revokedAt.values().removeIf(at -> at.isBefore(now.minus(kept)));
    }
}
