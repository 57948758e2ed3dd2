package dev.freshet.auth;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The discovery document that lets others verify this server's tokens by its URL alone. */
public final class OpenIdDiscovery {
    private OpenIdDiscovery() {}

    /** Served as {@code /.well-known/openid-configuration}. */
    public static String json(TokenSettings settings) {
        URI issuer = settings.issuer();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("issuer", issuer.toString());
        document.put("jwks_uri", issuer + "/.well-known/jwks.json");
        // OpenID requires the field, and readers insist on it, also where people sign in by other means than redirects.
        document.put("authorization_endpoint", issuer + "/auth/login");
        document.put("response_types_supported", List.of("id_token"));
        document.put("subject_types_supported", List.of("public"));
        document.put("id_token_signing_alg_values_supported", List.of("ES256"));
        document.put(
                "claims_supported", List.of("sub", "iss", "aud", "iat", "exp", "sid", "team", "role", "email", "name"));
        return JSONObjectUtils.toJSONString(document);
    }
}
