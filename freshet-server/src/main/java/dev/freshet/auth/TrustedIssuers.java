package dev.freshet.auth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens of other issuers, which say who somebody is and nothing of what they may do here. Thread-safe. May block
 * for seconds while an issuer's keys are fetched, so never on an event loop.
 */
public final class TrustedIssuers implements AutoCloseable {
    private static final int MAX_LENGTH = 16_384;
    private static final Duration FETCH_LIMIT = Duration.ofSeconds(5);
    private static final String UNAUTHENTICATED = "Unauthenticated";

    private record Trusted(TrustedIssuer issuer, IssuerKeys keys) {}

    private final IssuerDocuments documents;
    private final InstantSource clock;
    private final List<Trusted> all;

    public TrustedIssuers(List<TrustedIssuer> issuers, InstantSource clock) {
        this(issuers, clock, FETCH_LIMIT);
    }

    TrustedIssuers(List<TrustedIssuer> issuers, InstantSource clock, Duration fetchLimit) {
        this.clock = clock;
        this.documents = new IssuerDocuments(fetchLimit);
        this.all = issuers.stream()
                .map(issuer -> new Trusted(
                        issuer,
                        new IssuerKeys(issuer.issuer().toString(), new IssuerKeySource(issuer, documents), clock)))
                .toList();
    }

    /** Empty when the token claims to be of none of these issuers, or is none at all. */
    public Optional<PersonCheck> verify(String token) {
        if (all.isEmpty() || token.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        SignedJWT jwt;
        JWTClaimsSet claims;
        try {
            jwt = SignedJWT.parse(token);
            claims = jwt.getJWTClaimsSet();
        } catch (ParseException | IllegalArgumentException e) {
            return Optional.empty();
        }
        String issuer = claims.getIssuer();
        if (issuer == null) {
            return Optional.empty();
        }
        List<Trusted> named =
                all.stream().filter(one -> one.issuer.isNamed(issuer)).toList();
        if (named.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(named.stream()
                .filter(one -> claims.getAudience().equals(List.of(one.issuer.audience())))
                .findFirst()
                .map(one -> check(jwt, claims, issuer, one.keys))
                .orElseGet(() -> new PersonCheck.Refused(
                        "NoAuthProvider",
                        "the token's audience must be the one that is set for its issuer, and no other beside it")));
    }

    /** What costs nothing comes first, so that a token that is over has no keys fetched. */
    private PersonCheck check(SignedJWT jwt, JWTClaimsSet claims, String issuer, IssuerKeys keys) {
        JWSHeader header = jwt.getHeader();
        if (!IssuerSignatures.isKnown(header.getAlgorithm())) {
            return refused("the token must be signed by RS256, ES256 or EdDSA, not " + header.getAlgorithm());
        }
        if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
            return refused("the token's header has critical parameters that are not known here");
        }
        String keyId = header.getKeyID();
        String subject = claims.getSubject();
        Date expires = claims.getExpirationTime();
        if (keyId == null || subject == null || subject.isEmpty() || expires == null) {
            return refused("the token must have a kid in its header, and sub and exp among its claims");
        }
        Instant now = clock.instant();
        if (!now.isBefore(ClockTolerance.endOf(expires.toInstant()))) {
            return refused(TokenFault.EXPIRED.sentence());
        }
        if (isAhead(claims.getNotBeforeTime(), now) || isAhead(claims.getIssueTime(), now)) {
            return refused("the token is not valid yet");
        }
        return switch (keys.find(keyId)) {
            case IssuerKeys.Answer.Unknown() -> refused("the token's issuer has no key with the token's kid");
            case IssuerKeys.Answer.Unavailable(String why) -> new PersonCheck.Unavailable(why);
            case IssuerKeys.Answer.Found(var key) ->
                IssuerSignatures.isSigned(jwt, key)
                        ? new PersonCheck.Accepted(new PersonToken(
                                issuer,
                                subject,
                                Collections.unmodifiableMap(new LinkedHashMap<>(claims.getClaims())),
                                expires.toInstant()))
                        : refused(TokenFault.BAD_SIGNATURE.sentence());
        };
    }

    private static boolean isAhead(@Nullable Date time, Instant now) {
        return time != null && ClockTolerance.isAhead(time.toInstant(), now);
    }

    private static PersonCheck refused(String message) {
        return new PersonCheck.Refused(UNAUTHENTICATED, message);
    }

    @Override
    public void close() {
        documents.close();
    }
}
