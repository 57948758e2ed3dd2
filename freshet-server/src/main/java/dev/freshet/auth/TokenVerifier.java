package dev.freshet.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.freshet.documents.Role;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Verifies this server's own tokens. The algorithm is ours to say, never the token's, and nothing in a token is believed
 * before its signature. Thread-safe; does not block: a signature costs about a quarter of a millisecond.
 */
public final class TokenVerifier {
    private static final int MAX_LENGTH = 8_192;

    private final TokenSettings settings;
    private final SigningKeys keys;
    private final RevokedSessions revoked;
    private final InstantSource clock;

    public TokenVerifier(TokenSettings settings, SigningKeys keys, RevokedSessions revoked, InstantSource clock) {
        this.settings = settings;
        this.keys = keys;
        this.revoked = revoked;
        this.clock = clock;
    }

    public TokenCheck verify(String token) {
        return verify(token, Duration.ZERO);
    }

    /** As {@link #verify(String)}, also taking a token that expired up to {@code grace} ago. */
    TokenCheck verify(String token, Duration grace) {
        if (token.length() > MAX_LENGTH) {
            return new TokenCheck.Refused(TokenFault.MALFORMED);
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            String issuer = jwt.getJWTClaimsSet().getIssuer();
            if (issuer != null && !isOurs(issuer)) {
                return new TokenCheck.Refused(TokenFault.WRONG_ISSUER); // whatever it is signed with
            }
            Optional<TokenFault> fault = signatureFault(jwt);
            return fault.isPresent() ? new TokenCheck.Refused(fault.get()) : checkClaims(jwt.getJWTClaimsSet(), grace);
        } catch (ParseException | IllegalArgumentException e) {
            return new TokenCheck.Refused(TokenFault.MALFORMED);
        }
    }

    private boolean isOurs(String issuer) {
        return settings.issuer().toString().equals(issuer);
    }

    private Optional<TokenFault> signatureFault(SignedJWT jwt) {
        if (!JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm())) {
            return Optional.of(TokenFault.MALFORMED);
        }
        String keyId = jwt.getHeader().getKeyID();
        Optional<ECKey> key = keyId == null ? Optional.empty() : keys.verifying(keyId);
        if (key.isEmpty()) {
            return Optional.of(TokenFault.UNKNOWN_KEY);
        }
        try {
            return jwt.verify(new ECDSAVerifier(key.get())) ? Optional.empty() : Optional.of(TokenFault.BAD_SIGNATURE);
        } catch (JOSEException e) {
            return Optional.of(TokenFault.BAD_SIGNATURE);
        }
    }

    private TokenCheck checkClaims(JWTClaimsSet claims, Duration grace) throws ParseException {
        String issuer = claims.getIssuer();
        if (issuer == null || !isOurs(issuer) || !claims.getAudience().contains(settings.audience())) {
            return new TokenCheck.Refused(TokenFault.WRONG_ISSUER);
        }
        Optional<VerifiedToken> read = read(claims);
        if (read.isEmpty()) {
            return new TokenCheck.Refused(TokenFault.MALFORMED);
        }
        VerifiedToken verified = read.get();
        Instant now = clock.instant();
        if (ClockTolerance.isAhead(verified.issuedAt(), now)) {
            return new TokenCheck.Refused(TokenFault.MALFORMED);
        }
        if (!now.isBefore(verified.takenUntil().plus(grace))) {
            return new TokenCheck.Refused(TokenFault.EXPIRED);
        }
        return revoked.contains(verified.sessionId())
                ? new TokenCheck.Refused(TokenFault.SIGNED_OUT)
                : new TokenCheck.Accepted(verified);
    }

    private Optional<VerifiedToken> read(JWTClaimsSet claims) throws ParseException {
        String subject = claims.getSubject();
        String team = claims.getStringClaim(TokenIssuer.TEAM);
        String roleName = claims.getStringClaim(TokenIssuer.ROLE);
        String session = claims.getStringClaim(TokenIssuer.SESSION);
        String email = claims.getStringClaim(TokenIssuer.EMAIL);
        String name = claims.getStringClaim(TokenIssuer.NAME);
        if (subject == null
                || team == null
                || roleName == null
                || session == null
                || claims.getIssueTime() == null
                || claims.getExpirationTime() == null) {
            return Optional.empty();
        }
        return Role.ofWireName(roleName)
                .map(role -> new VerifiedToken(
                        new Caller(subject, team, role),
                        session,
                        claims.getIssuer(),
                        email == null ? "" : email,
                        name == null ? "" : name,
                        claims.getIssueTime().toInstant(),
                        claims.getExpirationTime().toInstant()));
    }
}
