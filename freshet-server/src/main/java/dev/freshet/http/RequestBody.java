package dev.freshet.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects a request's body up to a limit. All bodies together have a limit too, one for the process as the heap is one:
 * a body counts from its first byte until its request is answered.
 */
final class RequestBody {
    static final long MOST_BYTES_TOGETHER =
            Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 8);

    /** A body may take this long to come; 8 MiB in it are half a megabit a second. */
    private static final long SLOWEST_BODY_MS = 120_000;

    /** How long the rest of a refused body is read and forgotten, so that the sender comes to read the answer. */
    private static final long DISCARD_MS = 5_000;

    /** What is taken from the heap before a byte came, on the sender's word for the length. */
    private static final long MOST_BYTES_AHEAD = 32 * 1024;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final AtomicLong bytesTogether = new AtomicLong();

    /** Whose bodies count, by their answers; a response has room for one handler of its end, which is not ours. */
    private static final Map<HttpServerResponse, RequestBody> held = new ConcurrentHashMap<>();

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final int limitBytes;
    private final long announcedBytes;
    private final Promise<Buffer> whole = Promise.promise();
    private final Buffer collected;
    private final Vertx vertx = Vertx.currentContext().owner();
    private @Nullable Long slowTimer;

    private RequestBody(HttpServerRequest request, int limitBytes, long announcedBytes) {
        this.request = request;
        this.response = request.response();
        this.limitBytes = limitBytes;
        this.announcedBytes = announcedBytes;
        collected = Buffer.buffer((int) Math.clamp(announcedBytes, 0, MOST_BYTES_AHEAD));
    }

    /** The body is larger than the route takes. */
    static final class TooLargeException extends Exception {
        TooLargeException(long limitBytes) {
            super("the body is larger than the limit of " + limitBytes + " bytes");
        }
    }

    /** The request was refused and answered here. */
    private static final class AnsweredException extends Exception {
        AnsweredException(String message) {
            super(message);
        }
    }

    /**
     * Call on the request's event loop.
     *
     * @return the whole body; fails with {@link TooLargeException} as soon as the limit is passed, by the announced
     *     length already where there is one. Fails with another exception where nobody waits for an answer any more: the
     *     client went away, or it was told that it is too slow or that the server holds too much
     */
    static Future<Buffer> read(HttpServerRequest request, int limitBytes) {
        long announced = announcedBytes(request);
        if (announced > limitBytes) {
            discardRest(request);
            return Future.failedFuture(new TooLargeException(limitBytes));
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            var _ = request.response().writeContinue();
        }
        return new RequestBody(request, limitBytes, announced).read();
    }

    /**
     * Tells why where {@link #read} failed since the body is too large. After any other failure the client is gone, or was
     * answered, and there is nobody to tell.
     */
    static void whenTooLarge(Throwable failure, Consumer<String> answer) {
        if (failure instanceof TooLargeException tooLarge) {
            answer.accept(String.valueOf(tooLarge.getMessage()));
        }
    }

    /** Bytes of all bodies whose requests are not answered yet. */
    static long bytesTogether() {
        return bytesTogether.get();
    }

    /** Gives back what the request's body holds, since its answer is sent or its client gone. Call once for each request. */
    static void forget(HttpServerResponse response) {
        RequestBody body = held.remove(response);
        if (body != null) {
            bytesTogether.addAndGet(-body.collected.length());
        }
    }

    /** Reads and forgets what is still to come of a request that is refused; a sender that does not end is cut off. */
    static void discardRest(HttpServerRequest request) {
        if (request.isEnded()) {
            return;
        }
        Vertx vertx = Vertx.currentContext().owner();
        long timer = vertx.setTimer(DISCARD_MS, id -> {
            var _ = request.connection().close();
        });
        request.exceptionHandler(failure -> vertx.cancelTimer(timer));
        request.endHandler(end -> vertx.cancelTimer(timer));
        request.handler(rest -> {});
        request.resume();
    }

    private Future<Buffer> read() {
        request.exceptionHandler(this::breakOff);
        request.endHandler(end -> {
            stopTimer();
            whole.tryComplete(collected);
        });
        request.handler(this::take);
        return whole.future();
    }

    private void take(Buffer chunk) {
        if (collected.length() + chunk.length() > limitBytes) {
            refuse(new TooLargeException(limitBytes));
            return;
        }
        if (collected.length() == 0) {
            held.put(response, this);
        }
        collected.appendBuffer(chunk);
        if (bytesTogether.addAndGet(chunk.length()) > MOST_BYTES_TOGETHER) {
            refuse(new AnsweredException("too many bodies at once"));
            Responses.fail(
                    request,
                    ApiError.unavailable("the server holds too many requests; send again a little later", RETRY_AFTER));
        } else if (slowTimer == null && collected.length() != announcedBytes) {
            slowTimer = vertx.setTimer(SLOWEST_BODY_MS, id -> giveUp());
        }
    }

    private void refuse(Exception reason) {
        stopTimer();
        discardRest(request);
        whole.tryFail(reason);
    }

    private void giveUp() {
        refuse(new AnsweredException("too slow"));
        Responses.fail(request, ApiError.timeout("the body did not come within " + SLOWEST_BODY_MS / 1_000 + " s"));
    }

    private void breakOff(Throwable failure) {
        stopTimer();
        whole.tryFail(failure);
    }

    private void stopTimer() {
        if (slowTimer != null) {
            vertx.cancelTimer(slowTimer);
        }
    }

    /** The length that the sender says; -1 where it says none. */
    private static long announcedBytes(HttpServerRequest request) {
        String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (announced == null) {
            return -1;
        }
        try {
            return Long.parseLong(announced);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // so many digits that it is past any limit
        }
    }
}
