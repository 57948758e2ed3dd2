package dev.freshet.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.freshet.documents.User;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;

/**
 * Signs members' tokens. Official Convex clients read only {@code iat} and {@code exp}, and refetch shortly before the end;
 * the other claims are the caller's facts. There is no {@code jti} or other claim that varies from token to token beside the times,
 * so that equal callers stay equal to caches. Thread-safe; does not block.
 */
public final class TokenIssuer {
    static final String SESSION = "sid";
    static final String TEAM = "team";
    static final String ROLE = "role";
    static final String EMAIL = "email";
    static final String NAME = "name";

    private final TokenSettings settings;
    private final SigningKeys keys;
    private final InstantSource clock;

    public TokenIssuer(TokenSettings settings, SigningKeys keys, InstantSource clock) {
        this.settings = settings;
        this.keys = keys;
        this.clock = clock;
    }

    /** @throws AuthException SIGNING_FAILED */
    public IssuedToken issue(User user, String sessionId) {
        Instant issuedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expiresAt = issuedAt.plus(settings.lifetime());
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject(user.id())
                .issuer(settings.issuer().toString())
                .audience(settings.audience())
                .issueTime(Date.from(issuedAt))
                .expirationTime(Date.from(expiresAt))
                .claim(SESSION, sessionId)
                .claim(TEAM, user.teamId())
                .claim(ROLE, user.role().wireName())
                .claim(EMAIL, user.email().value())
                .claim(NAME, user.name())
                .build();
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(JOSEObjectType.JWT)
                .keyID(keys.own().getKeyID())
                .build();
        SignedJWT token = new SignedJWT(header, claims);
        try {
            token.sign(new ECDSASigner(keys.own()));
        } catch (JOSEException e) {
            throw new AuthException(AuthException.Code.SIGNING_FAILED, "cannot sign a token", e);
        }
        return new IssuedToken(token.serialize(), expiresAt);
    }
}
