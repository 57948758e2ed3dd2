package dev.freshet.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** Collects a request's body up to a limit. */
final class RequestBody {
    private RequestBody() {}

    /** The body is larger than the route takes; the connection is closed after the answer, the rest is not read. */
    static final class TooLargeException extends Exception {
        TooLargeException(long limitBytes) {
            super("the body is larger than the limit of " + limitBytes + " bytes");
        }
    }

    /**
     * @return the whole body; fails with {@link TooLargeException} as soon as the limit is passed, by the announced
     *     length already where there is one, and with the connection's failure when the client goes away
     */
    static Future<Buffer> read(HttpServerRequest request, int limitBytes) {
        if (announcedBytes(request) > limitBytes) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            return Future.failedFuture(new TooLargeException(limitBytes));
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer collected = Buffer.buffer();
        request.handler(chunk -> {
            if (collected.length() + chunk.length() > limitBytes) {
                request.handler(rest -> {});
                request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
                whole.tryFail(new TooLargeException(limitBytes));
            } else {
                collected.appendBuffer(chunk);
            }
        });
        request.exceptionHandler(whole::tryFail);
        request.endHandler(end -> whole.tryComplete(collected));
        return whole.future();
    }

    private static long announcedBytes(HttpServerRequest request) {
        String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (announced == null) {
            return 0;
        }
        try {
            return Long.parseLong(announced);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // so many digits that it is past any limit
        }
    }
}
