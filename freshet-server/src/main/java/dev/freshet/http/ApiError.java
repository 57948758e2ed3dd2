package dev.freshet.http;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A refusal as HTTP says it: {@code {"error":{"code","message"}}}, and {@code {"code","message"}} below {@code /api/}. All that
 * any route refuses with is made here, so that one place shows which failure has which status.
 *
 * @param code stable; clients may rely on it
 * @param message one sentence for a person; may be reworded
 * @param retryAfter when trying again makes sense
 */
record ApiError(int status, String code, String message, Optional<Duration> retryAfter) {
    /** The code as Convex writes codes: {@code NotFound} for {@code not_found}. */
    String shortCode() {
        return Arrays.stream(code.split("_", -1))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
    }

    static ApiError notFound(String path) {
        return of(404, "not_found", "there is nothing at " + path);
    }

    /** @param allowed such as {@code GET, HEAD} */
    static ApiError methodNotAllowed(String method, String allowed) {
        return of(405, "method_not_allowed", method + " is not possible here; use " + allowed);
    }

    static ApiError timeout(String message) {
        return of(408, "timeout", message);
    }

    static ApiError unauthorized(String message) {
        return of(401, "unauthorized", message);
    }

    static ApiError forbidden(String message) {
        return of(403, "forbidden", message);
    }

    static ApiError badRequest(String message) {
        return of(400, "invalid_request", message);
    }

    static ApiError limitExceeded(String message) {
        return of(409, "limit_exceeded", message);
    }

    /** What is stored has a shape that must be mended by hand. */
    static ApiError unreadableDocument(String message) {
        return of(500, "unreadable_document", message);
    }

    static ApiError bodyTooLarge(String message) {
        return of(413, "body_too_large", message);
    }

    /** @param status 413, or what the sender understands in its place */
    static ApiError bodyTooLarge(int status, String message) {
        return of(status, "body_too_large", message);
    }

    static ApiError unsupportedMediaType(String message) {
        return of(415, "unsupported_media_type", message);
    }

    static ApiError overloaded(String message, Duration retryAfter) {
        return new ApiError(429, "overloaded", message, Optional.of(retryAfter));
    }

    static ApiError overQuota(String message, Duration retryAfter) {
        return new ApiError(429, "over_quota", message, Optional.of(retryAfter));
    }

    static ApiError tooManyAttempts(String message, Duration retryAfter) {
        return new ApiError(429, "too_many_attempts", message, Optional.of(retryAfter));
    }

    static ApiError unavailable(String message, Duration retryAfter) {
        return new ApiError(503, "unavailable", message, Optional.of(retryAfter));
    }

    static ApiError internal() {
        return of(500, "internal", "the server failed to answer; its log says why");
    }

    private static ApiError of(int status, String code, String message) {
        return new ApiError(status, code, message, Optional.empty());
    }
}
