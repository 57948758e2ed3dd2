package dev.freshet.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Writes whole JSON answers. Call on the request's event loop. */
final class Responses {
    private static final JsonFactory JSON = new JsonFactory();

    private Responses() {}

    /** Writes one JSON value into a generator. */
    interface JsonBody {
        void write(JsonGenerator generator) throws IOException;
    }

    static Buffer json(JsonBody body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = JSON.createGenerator(bytes)) {
            body.write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    static void send(HttpServerResponse response, int status, JsonBody body) {
        send(response, status, json(body));
    }

    static void send(HttpServerResponse response, int status, Buffer json) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(json);
    }

    /** 204 without a body. */
    static void sendNothing(HttpServerResponse response) {
        if (!response.ended() && !response.closed()) {
            response.setStatusCode(204).end();
        }
    }

    /** Refuses in the shape that callers of the path read: below {@code /api/} they are Convex's clients. */
    static void fail(HttpServerRequest request, ApiError error) {
        HttpServerResponse response = request.response();
        if (!isOfConvex(request.path())) {
            fail(response, error);
        } else if (!response.headWritten() && !response.closed()) {
            Cors.allow(request);
            sayWhenAgain(response, error);
            sendConvexError(response, error.status(), error.shortCode(), error.message());
        }
    }

    private static boolean isOfConvex(@Nullable String path) {
        // A deployment's URL with a slash at its end makes two of them.
        return path != null && (path.startsWith("/api/") || path.startsWith("//api/"));
    }

    /** Convex's clients expect exactly these two fields. */
    static void sendConvexError(HttpServerResponse response, int status, String code, String message) {
        send(response, status, generator -> {
            generator.writeStartObject();
            generator.writeStringField("code", code);
            generator.writeStringField("message", message);
            generator.writeEndObject();
        });
    }

    private static void sayWhenAgain(HttpServerResponse response, ApiError error) {
        error.retryAfter()
                .ifPresent(after -> response.putHeader(
                        "Retry-After",
                        Long.toString(Math.max(1, after.plusMillis(999).toSeconds()))));
    }

    static void fail(HttpServerResponse response, ApiError error) {
        if (response.headWritten() || response.closed()) {
            return;
        }
        sayWhenAgain(response, error);
        send(response, error.status(), generator -> {
            generator.writeStartObject();
            generator.writeObjectFieldStart("error");
            generator.writeStringField("code", error.code());
            generator.writeStringField("message", error.message());
            generator.writeEndObject();
            generator.writeEndObject();
        });
    }
}
