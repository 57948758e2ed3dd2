package dev.freshet.auth;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where one issuer's keys are: at a URL, in a {@code data:} URL, or where its discovery document says. Blocks. */
final class IssuerKeySource implements IssuerKeys.Source {
    private static final int LEAST_RSA_BITS = 2_048;

    private final TrustedIssuer issuer;
    private final IssuerDocuments documents;

    IssuerKeySource(TrustedIssuer issuer, IssuerDocuments documents) {
        this.issuer = issuer;
        this.documents = documents;
    }

    @Override
    public Map<String, JWK> fetch() throws IOException {
        URI url = issuer.jwks().isPresent() ? issuer.jwks().get() : discover();
        return TrustedIssuer.isData(url) ? keysIn(url) : usable(url.toString(), documents.getKeys(url));
    }

    /**
     * The keys that a {@code data:} URL holds.
     *
     * @throws IOException whose message says why it holds none
     */
    static Map<String, JWK> keysIn(URI data) throws IOException {
        Map<String, JWK> keys = usable("its content", content(data));
        if (keys.isEmpty()) {
            throw new IOException("none of its keys has a kid and is for RS256, ES256 or EdDSA");
        }
        return keys;
    }

    private URI discover() throws IOException {
        URI at = issuer.discovery();
        try {
            Map<String, Object> document = JSONObjectUtils.parse(documents.get(at));
            String named = JSONObjectUtils.getString(document, "issuer");
            if (named == null || !issuer.isNamed(named)) {
                throw new IOException(at + " is the document of another issuer: " + named);
            }
            URI jwks = JSONObjectUtils.getURI(document, "jwks_uri");
            if (jwks == null || !issuer.mayFetch(jwks)) {
                throw new IOException(at + " must name an https URL as jwks_uri, not " + jwks);
            }
            return jwks;
        } catch (ParseException e) {
            throw new IOException(at + " is no discovery document: " + e.getMessage(), e);
        }
    }

    private static String content(URI data) throws IOException {
        String text = data.getRawSchemeSpecificPart();
        int comma = text.indexOf(',');
        if (comma < 0) {
            throw new IOException("it has no comma before its content");
        }
        String content;
        try {
            content = URLDecoder.decode(text.substring(comma + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("its content is not encoded as a URL", e);
        }
        if (!text.substring(0, comma).endsWith(";base64")) {
            return content;
        }
        try {
            return new String(Base64.getDecoder().decode(content), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("its content is no base64", e);
        }
    }

    /** By their ids; keys of other kinds and uses are none of ours. */
    private static Map<String, JWK> usable(String what, String json) throws IOException {
        Map<String, JWK> keys = new LinkedHashMap<>();
        try {
            for (JWK key : JWKSet.parse(json).getKeys()) {
                if (key.getKeyID() != null && isUsable(key)) {
                    keys.put(key.getKeyID(), key.toPublicJWK());
                }
            }
        } catch (ParseException e) {
            throw new IOException(what + " is no JWK set: " + e.getMessage(), e);
        }
        return Map.copyOf(keys);
    }

    private static boolean isUsable(JWK key) {
        if (key.getKeyUse() != null && !KeyUse.SIGNATURE.equals(key.getKeyUse())) {
            return false;
        }
        return switch (key) {
            case RSAKey rsa -> rsa.size() >= LEAST_RSA_BITS;
            case ECKey curve -> Curve.P_256.equals(curve.getCurve());
            case OctetKeyPair pair -> Curve.Ed25519.equals(pair.getCurve());
            default -> false;
        };
    }
}
