package dev.freshet.http;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.sync.AuthToken;
import dev.freshet.sync.Authentication;
import dev.freshet.sync.Authenticator;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Who calls over HTTP, as Convex's clients say it: {@code Authorization: Bearer JWT}, {@code Authorization: Convex KEY}, or
 * {@code ?adminKey=KEY} where there is no such header. Behind a key and a colon may stand, as JSON in base 64, whom its holder
 * acts as. Blocks.
 */
record ConvexCredentials(Authenticator authenticator) {
    private static final Authentication.Refused BAD_IDENTITY = new Authentication.Refused(
            "BadIdentity", "what follows the admin key and a colon must be an identity: a JSON object in base 64");

    /** A request's token or key, not yet verified. */
    sealed interface Given {}

    private record Token(AuthToken.User token) implements Given {}

    private record Key(String text) implements Given {
        @Override
        public String toString() {
            return "Key[text=…]";
        }
    }

    /** What the request brings; call on its event loop. */
    static Optional<Given> of(HttpServerRequest request) {
        if (request.getHeader(HttpHeaders.AUTHORIZATION) == null) {
            return Optional.ofNullable(request.getParam("adminKey")).map(Key::new);
        }
        return Credentials.bearer(request)
                .<Given>map(token -> new Token(new AuthToken.User(token)))
                .or(() -> Credentials.convexKey(request).map(Key::new));
    }

    Authentication authenticate(Given given) {
        return switch (given) {
            case Token(AuthToken.User token) -> authenticator.authenticate(token);
            case Key(String text) -> authenticateKey(text);
        };
    }

    /** A key may hold colons itself, so it is tried whole first; base 64 has none. */
    private Authentication authenticateKey(String text) {
        Authentication whole = authenticator.authenticate(new AuthToken.Admin(text, Optional.empty()));
        int colon = text.lastIndexOf(':');
        if (!(whole instanceof Authentication.Refused) || colon < 0) {
            return whole;
        }
        String key = text.substring(0, colon);
        String identity = text.substring(colon + 1);
        Authentication alone = authenticator.authenticate(new AuthToken.Admin(key, Optional.empty()));
        if (!(alone instanceof Authentication.Accepted) || identity.isEmpty()) {
            return alone;
        }
        Optional<ConvexObject> attributes = attributesOf(identity);
        return attributes.isPresent() ? authenticator.authenticate(new AuthToken.Admin(key, attributes)) : BAD_IDENTITY;
    }

    private static Optional<ConvexObject> attributesOf(String base64) {
        try {
            String json = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            return ConvexJson.decode(json) instanceof ConvexObject object ? Optional.of(object) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no base 64, no JSON, or no value
        }
    }
}
