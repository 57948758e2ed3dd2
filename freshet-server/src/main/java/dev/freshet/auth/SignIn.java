package dev.freshet.auth;

import dev.freshet.documents.EmailAddress;
import dev.freshet.documents.Session;
import dev.freshet.documents.Sessions;
import dev.freshet.documents.User;
import dev.freshet.documents.Users;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Signs members in and out. A session begins with a password and lives for at most 30 days, or until it went unused for 7;
 * in that time its tokens, expired ones too, can be traded for fresh ones that carry the member's present role.
 *
 * <p>Thread-safe. All methods block (a database, a password hash): call them on virtual threads.
 */
public final class SignIn {
    private static final Duration SESSION_LIFETIME = Duration.ofDays(30);
    private static final Duration IDLE_LIMIT = Duration.ofDays(7);
    private static final int MAX_SESSIONS_OF_MEMBER = 50;
    private static final int SESSION_ID_BYTES = 16;
    private static final Duration BUSY_WAIT = Duration.ofSeconds(1);
    private static final String WRONG = "wrong e-mail address or password";
    private static final String OVER = "the session is over; sign in again";

    private final Users users;
    private final Sessions sessions;
    private final Passwords passwords;
    private final TokenIssuer issuer;
    private final TokenVerifier verifier;
    private final RevokedSessions revoked;
    private final SignInThrottle throttle;
    private final SecureRandom random;
    private final InstantSource clock;

    public SignIn(
            Users users,
            Sessions sessions,
            Passwords passwords,
            TokenIssuer issuer,
            TokenVerifier verifier,
            RevokedSessions revoked,
            SignInThrottle throttle,
            SecureRandom random,
            InstantSource clock) {
        this.users = users;
        this.sessions = sessions;
        this.passwords = passwords;
        this.issuer = issuer;
        this.verifier = verifier;
        this.revoked = revoked;
        this.throttle = throttle;
        this.random = random;
        this.clock = clock;
    }

    /** Judges an e-mail address and a password. {@code remoteAddress} is the client's, without its port. */
    public SignInResult login(String email, String password, String remoteAddress) {
        Optional<EmailAddress> address = EmailAddress.parse(email);
        // What is no address at all shares one entry: nobody can fill the throttle's memory with such.
        String account = address.map(EmailAddress::value).orElse("");
        Optional<Duration> wait = throttle.admit(account, remoteAddress);
        if (wait.isPresent()) {
            return new SignInResult.TryLater("too many failed sign-ins; wait before the next", wait.get());
        }
        boolean judged = false;
        try {
            Optional<User> user = address.flatMap(users::byEmail);
            Optional<String> hash = user.flatMap(User::passwordHash);
            boolean right = passwords.verify(hash, password) && user.isPresent();
            judged = true;
            if (!right) {
                return new SignInResult.Refused(WRONG);
            }
            throttle.succeeded(account, remoteAddress);
            hash.filter(passwords::isOutdated).ifPresent(outdated -> rehash(user.get(), password));
            return begin(user.get());
        } catch (AuthException e) {
            if (e.code() != AuthException.Code.BUSY) {
                throw e;
            }
            return new SignInResult.TryLater("too many sign-ins at once", BUSY_WAIT);
        } finally {
            if (!judged) {
                throttle.withdraw(account, remoteAddress);
            }
        }
    }

    private void rehash(User user, String password) {
        users.changePasswordHash(user.teamId(), user.id(), passwords.hash(password));
    }

    private SignInResult begin(User user) {
        Instant now = clock.instant();
        sessions.removeExpired(now);
        endOldest(user.id());
        byte[] id = new byte[SESSION_ID_BYTES];
        random.nextBytes(id);
        Session session = new Session(
                HexFormat.of().formatHex(id), user.id(), now, now, now.plus(SESSION_LIFETIME), Optional.empty());
        sessions.create(session);
        return signedIn(user, session.id());
    }

    /** Leaves room for one more session. */
    private void endOldest(String userId) {
        List<Session> open = openSessions(userId);
        open.stream().skip(MAX_SESSIONS_OF_MEMBER - 1).forEach(session -> revoked.revoke(session.id()));
    }

    private List<Session> openSessions(String userId) {
        return sessions.ofUser(userId).stream()
                .filter(session -> session.revokedAt().isEmpty())
                .toList();
    }

    /** Trades a token of an open session for a fresh one. */
    public SignInResult refresh(String token) {
        return switch (verifier.verify(token, IDLE_LIMIT)) {
            case TokenCheck.Refused refused -> new SignInResult.Refused(OVER);
            case TokenCheck.Accepted accepted -> refresh(accepted.token());
        };
    }

    private SignInResult refresh(VerifiedToken token) {
        Instant now = clock.instant();
        Optional<Session> session = sessions.byId(token.sessionId())
                .filter(open -> now.isBefore(open.usedAt().plus(IDLE_LIMIT)));
        Optional<User> user = users.byId(token.caller().userId());
        if (session.isEmpty() || user.isEmpty() || !sessions.use(token.sessionId(), now)) {
            return new SignInResult.Refused(OVER);
        }
        return signedIn(user.get(), token.sessionId());
    }

    /** Ends the session of a token, also of an expired one. What is no token of ours has no session, and nothing to end. */
    public void logout(String token) {
        switch (verifier.verify(token, SESSION_LIFETIME)) {
            case TokenCheck.Refused refused -> {
                // Already signed out, or never in.
            }
            case TokenCheck.Accepted accepted -> revoked.revoke(accepted.token().sessionId());
        }
    }

    /** Ends all sessions of a member: after a change of password, or with the membership. */
    public void logoutEverywhere(String userId) {
        openSessions(userId).forEach(session -> revoked.revoke(session.id()));
    }

    private SignInResult signedIn(User user, String sessionId) {
        return new SignInResult.SignedIn(
                issuer.issue(user, sessionId), new Caller(user.id(), user.teamId(), user.role()));
    }
}
