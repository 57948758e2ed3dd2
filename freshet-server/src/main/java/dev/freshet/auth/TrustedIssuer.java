package dev.freshet.auth;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody else whose tokens are taken: what Convex's {@code auth.config} calls a provider, with its {@code domain} and
 * {@code applicationID}.
 *
 * @param issuer what tokens say in {@code iss}; {@code https://} in front and a slash at the end make no difference
 * @param audience what a token's {@code aud} must be, alone
 * @param jwks where the keys are, which may be a {@code data:} URL that holds them; absent: found by OpenID discovery
 */
public record TrustedIssuer(URI issuer, String audience, Optional<URI> jwks) {
    private static final String HTTPS = "https://";
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    /** @throws IllegalArgumentException whose message names the field and the mend */
    public TrustedIssuer {
        if (!isSecure(issuer) && !isLoopback(issuer)) {
            throw new IllegalArgumentException("issuer " + issuer + " must be an https URL; http is for loopback only");
        }
        if (issuer.getRawQuery() != null || issuer.getRawFragment() != null || issuer.getRawUserInfo() != null) {
            throw new IllegalArgumentException("issuer " + issuer + " must have no user, query or fragment");
        }
        if (audience.isEmpty()) {
            throw new IllegalArgumentException("audience must not be empty: it is what tokens say in `aud`");
        }
        if (jwks.isPresent()) {
            requireKeys(issuer, jwks.get());
        }
    }

    private static void requireKeys(URI issuer, URI jwks) {
        if (isData(jwks)) {
            try {
                var _ = IssuerKeySource.keysIn(jwks);
            } catch (IOException e) {
                throw new IllegalArgumentException("jwks is a data URL without usable keys: " + e.getMessage(), e);
            }
        } else if (!mayFetch(issuer, jwks)) {
            throw new IllegalArgumentException("jwks " + jwks
                    + " must be an https or data URL; http is for loopback only, and for an issuer there");
        }
    }

    /**
     * Reads what somebody has written.
     *
     * @throws IllegalArgumentException whose message names the field and the mend
     */
    public static TrustedIssuer of(String issuer, String audience, Optional<String> jwks) {
        URI issuerUri = uri("issuer", issuer.contains("://") ? issuer : HTTPS + issuer);
        return new TrustedIssuer(issuerUri, audience, jwks.map(text -> uri("jwks", text)));
    }

    private static URI uri(String field, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(field + " is no URL: " + text, e);
        }
    }

    /** Whether this is who a token, or a discovery document, says has made it. */
    public boolean isNamed(String name) {
        return plain(issuer.toString()).equals(plain(name));
    }

    private static String plain(String name) {
        String bare = name.startsWith(HTTPS) ? name.substring(HTTPS.length()) : name;
        return bare.endsWith("/") ? bare.substring(0, bare.length() - 1) : bare;
    }

    URI discovery() {
        String text = issuer.toString();
        return URI.create((text.endsWith("/") ? text : text + "/") + ".well-known/openid-configuration");
    }

    /** Whether a URL that the issuer names may be asked: over https, or on this machine if the issuer is on it. */
    boolean mayFetch(URI url) {
        return mayFetch(issuer, url);
    }

    private static boolean mayFetch(URI issuer, URI url) {
        return isSecure(url) || (isLoopback(issuer) && isLoopback(url));
    }

    static boolean isData(URI url) {
        return "data".equalsIgnoreCase(url.getScheme());
    }

    private static boolean isSecure(URI url) {
        return "https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null;
    }

    private static boolean isLoopback(URI url) {
        return "http".equalsIgnoreCase(url.getScheme())
                && url.getHost() != null
                && LOOPBACK.matcher(url.getHost()).matches();
    }
}
