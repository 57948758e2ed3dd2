package dev.freshet.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.auth.PersonToken;
import dev.freshet.functions.ConvexJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdentityClaimsTest {
    @Test
    void claimsHaveTheNamesOfConvexsUserIdentity() {
        Map<String, @Nullable Object> claims = new LinkedHashMap<>();
        claims.put("given_name", "Ada");
        claims.put("email_verified", true);
        claims.put("updated_at", 1_700_000_000L);
        claims.put("https://example.com/roles", List.of("admin", "reader"));
        claims.put("address", Map.of("country", "UK"));
        claims.put("nothing", null);
        assertThat(IdentityClaims.of(token(claims)))
                .isEqualTo(ConvexJson.decode("{\"givenName\":\"Ada\",\"emailVerified\":true,\"updatedAt\":1.7E9,"
                        + "\"https://example.com/roles\":[\"admin\",\"reader\"],\"address\":{\"country\":\"UK\"},"
                        + "\"nothing\":null,\"issuer\":\"https://login.example.com\",\"subject\":\"ada\","
                        + "\"tokenIdentifier\":\"https://login.example.com|ada\"}"));
    }

    @Test
    void whatVariesFromTokenToTokenAndWhatNoValueCanHoldIsLeftOut() {
        Map<String, @Nullable Object> claims = new LinkedHashMap<>();
        for (String name : List.of("exp", "iat", "nbf", "jti", "fva", "nonce", "at_hash", "aud", "iss", "sub")) {
            claims.put(name, "one token's");
        }
        claims.put("$role", "owner");
        claims.put("rôle", "owner");
        claims.put("nested", Map.of("$integer", "AA=="));
        claims.put("emailVerified", true);
        claims.put("subject", "eve");
        claims.put("tokenIdentifier", "https://login.example.com|eve");
        assertThat(IdentityClaims.of(token(claims)))
                .isEqualTo(ConvexJson.decode("{\"issuer\":\"https://login.example.com\",\"subject\":\"ada\","
                        + "\"tokenIdentifier\":\"https://login.example.com|ada\"}"));
    }

    private static PersonToken token(Map<String, @Nullable Object> claims) {
        return new PersonToken("https://login.example.com", "ada", claims, Instant.EPOCH);
    }
}
