package dev.freshet.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keys and tokens as clients put them into headers. */
final class Credentials {
    private Credentials() {}

    /** {@code Authorization: Bearer KEY} or {@code X-Write-Key}. */
    static Optional<String> writeKey(HttpServerRequest request) {
        return bearer(request).or(() -> header(request, "X-Write-Key"));
    }

    /** The keys that SDKs put into headers: the user of Basic, with or without a colon behind it, Bearer, X-Write-Key. */
    static List<String> sdkKeys(HttpServerRequest request) {
        return Stream.of(basicUser(request), bearer(request), header(request, "X-Write-Key"))
                .flatMap(Optional::stream)
                .filter(key -> !key.isEmpty())
                .toList();
    }

    private static Optional<String> basicUser(HttpServerRequest request) {
        return scheme(request, "Basic ").flatMap(Credentials::user);
    }

    private static Optional<String> user(String base64) {
        try {
            String userAndPassword = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            return Optional.of(userAndPassword.split(":", 2)[0].strip());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no base64, so no key; the body may hold one
        }
    }

    private static Optional<String> header(HttpServerRequest request, String name) {
        return Optional.ofNullable(request.getHeader(name)).map(String::strip);
    }

    static Optional<String> bearer(HttpServerRequest request) {
        return scheme(request, "Bearer ");
    }

    /** {@code Authorization: Convex KEY}, which Convex's clients send for the admin key. */
    static Optional<String> convexKey(HttpServerRequest request) {
        return scheme(request, "Convex ");
    }

    private static Optional<String> scheme(HttpServerRequest request, String prefix) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, prefix, 0, prefix.length())
                ? Optional.of(header.substring(prefix.length()).strip())
                : Optional.empty();
    }
}
