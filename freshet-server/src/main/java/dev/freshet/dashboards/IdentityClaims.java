package dev.freshet.dashboards;

import dev.freshet.auth.PersonToken;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What functions see of a token of another issuer: what Convex's {@code getUserIdentity} gives. What differs from one token
 * of a person to the next is left out, so that caches go on.
 */
final class IdentityClaims {
    private static final Logger log = LoggerFactory.getLogger(IdentityClaims.class);

    private static final Set<String> LEFT_OUT =
            Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "fva", "nonce", "at_hash", "c_hash");

    private static final Map<String, String> CONVEX_NAMES = Map.ofEntries(
            Map.entry("given_name", "givenName"),
            Map.entry("family_name", "familyName"),
            Map.entry("preferred_username", "preferredUsername"),
            Map.entry("profile", "profileUrl"),
            Map.entry("picture", "pictureUrl"),
            Map.entry("website", "websiteUrl"),
            Map.entry("email_verified", "emailVerified"),
            Map.entry("birthdate", "birthday"),
            Map.entry("zoneinfo", "timezone"),
            Map.entry("locale", "language"),
            Map.entry("phone_number", "phoneNumber"),
            Map.entry("phone_number_verified", "phoneNumberVerified"),
            Map.entry("updated_at", "updatedAt"));

    private IdentityClaims() {}

    static ConvexObject of(PersonToken token) {
        ConvexObject.Builder identity = ConvexObject.builder();
        token.claims().forEach((name, value) -> {
            // A claim of an issuer's own, which its users may write, must not pass for one of Convex's.
            if (!LEFT_OUT.contains(name) && !CONVEX_NAMES.containsKey(name) && !CONVEX_NAMES.containsValue(name)) {
                put(identity, name, value);
            }
        });
        CONVEX_NAMES.forEach((name, convexName) -> {
            if (token.claims().containsKey(name)) {
                put(identity, convexName, token.claims().get(name));
            }
        });
        return identity.put("issuer", ConvexValue.of(token.issuer()))
                .put("subject", ConvexValue.of(token.subject()))
                .put("tokenIdentifier", ConvexValue.of(token.tokenIdentifier()))
                .build();
    }

    /** A claim whose names no value of Convex can have is left out; nobody could send it to a client. */
    private static void put(ConvexObject.Builder identity, String name, @Nullable Object value) {
        try {
            identity.put(name, PlainValues.convex(value));
        } catch (InvalidValueException e) {
            log.debug("a claim of a token is left out [claim={}]", name, e);
        }
    }
}
