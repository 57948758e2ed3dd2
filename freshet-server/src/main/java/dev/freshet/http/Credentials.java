package dev.freshet.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Keys and tokens as clients put them into headers. */
final class Credentials {
    private Credentials() {}

    /** {@code Authorization: Bearer KEY} or {@code X-Write-Key}. */
    static Optional<String> writeKey(HttpServerRequest request) {
        return bearer(request)
                .or(() -> Optional.ofNullable(request.getHeader("X-Write-Key")).map(String::strip));
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
