package dev.freshet.auth;

import java.net.URI;
import java.time.Duration;

/**
 * What tokens say of themselves. The issuer is the server's public URL, without a slash at its end; a token's lifetime must
 * exceed 2 s, or official Convex clients stop fetching new ones.
 */
public record TokenSettings(URI issuer, String audience, Duration lifetime) {
    /** The audience of a server's own tokens. */
    public static final String AUDIENCE = "freshet";

    private static final Duration MIN_LIFETIME = Duration.ofSeconds(3);

    public TokenSettings {
        if (issuer.toString().endsWith("/")) {
            issuer = URI.create(issuer.toString().substring(0, issuer.toString().length() - 1));
        }
        if (lifetime.compareTo(MIN_LIFETIME) < 0) {
            throw new IllegalArgumentException("lifetime is under " + MIN_LIFETIME);
        }
    }

    /** Tokens of one hour. */
    public static TokenSettings of(URI issuer) {
        return new TokenSettings(issuer, AUDIENCE, Duration.ofHours(1));
    }
}
