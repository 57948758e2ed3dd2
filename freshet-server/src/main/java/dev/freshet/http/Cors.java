package dev.freshet.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** Lets pages of any origin call: what they may do is decided by the key they hold, not by where they are from. */
final class Cors {
    private static final String MAX_AGE_SECONDS = "86400";

    private Cors() {}

    /** Allows the request's origin to read the answer, and {@code Retry-After} in it. */
    static void allow(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            request.response()
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After");
        }
    }

    /** Answers a preflight on a path that events come in by. */
    static void preflight(HttpServerRequest request) {
        preflight(request, "GET, POST, OPTIONS");
    }

    static void preflight(HttpServerRequest request, String methods) {
        allow(request);
        String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        request.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers == null ? "" : headers)
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS)
                .setStatusCode(204)
                .end();
    }
}
