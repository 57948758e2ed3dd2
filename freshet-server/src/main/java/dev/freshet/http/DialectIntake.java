package dev.freshet.http;

import dev.freshet.dialect.DialectDecoder;
import dev.freshet.dialect.DialectEvents;
import dev.freshet.dialect.DialectException;
import dev.freshet.dialect.DialectRequest;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.IngestReply;
import dev.freshet.ingest.LargeBodyException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every SDK's request: read the body, decode, hand over, answer once its events are durable. Small plain bodies
 * are decoded on the event loop, others on a worker thread, what needs much memory by {@link LargeBodies}.
 */
final class DialectIntake {
    private static final Logger log = LoggerFactory.getLogger(DialectIntake.class);
    private static final int INLINE_BYTES = 64 * 1024;
    private static final byte[] UNREAD = {};

    private final EventIntake ingest;
    private final InstantSource clock;
    private final WorkerExecutor workers;
    private final LargeBodies largeBodies;

    /** @param workers decode larger and packed bodies, a few at once since each takes some megabytes */
    DialectIntake(EventIntake ingest, InstantSource clock, WorkerExecutor workers, LargeBodies largeBodies) {
        this.workers = workers;
        this.largeBodies = largeBodies;
        this.ingest = ingest;
        this.clock = clock;
    }

    /** Takes decoded events; the answer comes once they are durable. */
    interface EventIntake {
        CompletionStage<IngestReply> submit(DialectEvents events);
    }

    /**
     * What the SDKs of one family expect.
     *
     * @param accepted the body of 200; some SDKs send again what was answered by anything else
     * @param tooLargeStatus 413 where the SDK then sends less, 400 where it gives up by that only
     */
    record Expectations(DialectDecoder decoder, Buffer accepted, int tooLargeStatus) {}

    /**
     * @param type the message type where the path says it
     * @param isOverloadRefused whether overload is 429; else it is 503, since browsers drop what was answered by any 4xx
     */
    void take(HttpServerRequest request, Expectations expectations, Optional<String> type, boolean isOverloadRefused) {
        Answer answer = new Answer(request.response(), expectations, isOverloadRefused);
        RequestBody.read(request, DialectDecoder.BODY_LIMIT_BYTES)
                .onSuccess(body -> decode(request, body, type, answer))
                .onFailure(failure -> RequestBody.whenTooLarge(
                        failure,
                        message -> answer.fail(ApiError.bodyTooLarge(
                                expectations.tooLargeStatus(), message + "; send fewer events at once"))));
    }

    /** Takes what came in the URL instead of a body. */
    void take(HttpServerRequest request, byte[] body, Expectations expectations) {
        Answer answer = new Answer(request.response(), expectations, false);
        decodeElsewhere(of(request, UNREAD, Optional.empty()), () -> body, answer);
    }

    private DialectRequest of(HttpServerRequest request, byte[] body, Optional<String> type) {
        return new DialectRequest(
                body,
                Credentials.sdkKeys(request),
                type,
                sentAtMs(request),
                request.getHeader("X-Retry-Count") != null
                        || parameter(request, "retry_count").isPresent(),
                clock.millis());
    }

    /** PostHog's SDKs put the time of sending into the URL. */
    private static OptionalLong sentAtMs(HttpServerRequest request) {
        String sentAt =
                parameter(request, "sent_at").or(() -> parameter(request, "_")).orElse("");
        try {
            return OptionalLong.of(Long.parseLong(sentAt));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // absent, or something else of that name
        }
    }

    /** What the URL says; nothing where its escapes are broken, which must not cost the events. */
    static Optional<String> parameter(HttpServerRequest request, String name) {
        try {
            return Optional.ofNullable(request.getParam(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void decode(HttpServerRequest request, Buffer body, Optional<String> type, Answer answer) {
        boolean isPlain = body.length() > 0 && (body.getByte(0) == '{' || body.getByte(0) == '[');
        if (body.length() > INLINE_BYTES || !isPlain) {
            decodeElsewhere(of(request, UNREAD, type), body::getBytes, answer);
            return;
        }
        DialectRequest read = of(request, body.getBytes(), type);
        try {
            submit(answer.expectations.decoder().decode(read, DecodingShare.BESIDE_OTHERS), answer);
        } catch (LargeBodyException large) {
            decodeAlone(read, read::body, answer);
        } catch (DialectException | RuntimeException e) {
            answer.fail(e);
        }
    }

    /** @param body copies the body when its turn comes */
    private void decodeElsewhere(DialectRequest request, Supplier<byte[]> body, Answer answer) {
        DialectDecoder decoder = answer.expectations.decoder();
        workers.executeBlocking(() -> decoder.decode(request.withBody(body.get()), DecodingShare.BESIDE_OTHERS), false)
                .onSuccess(events -> submit(events, answer))
                .onFailure(failure -> {
                    if (failure instanceof LargeBodyException) {
                        decodeAlone(request, body, answer);
                    } else {
                        answer.fail(failure);
                    }
                });
    }

    private void decodeAlone(DialectRequest request, Supplier<byte[]> body, Answer answer) {
        DialectDecoder decoder = answer.expectations.decoder();
        largeBodies
                .take(
                        answer.response,
                        () -> decoder.decode(request.withBody(body.get()), DecodingShare.ALONE),
                        ingest::submit)
                .onSuccess(reply -> answer.accept())
                .onFailure(failure -> answer.fail(IngestException.causeOf(failure)));
    }

    private void submit(DialectEvents events, Answer answer) {
        Context context = Vertx.currentContext();
        ingest.submit(events)
                .whenComplete((reply, failure) -> context.runOnContext(event -> {
                    if (failure == null) {
                        answer.accept();
                    } else {
                        answer.fail(IngestException.causeOf(failure));
                    }
                }));
    }

    /** The answer to one request, in the words that its SDK understands. */
    private static final class Answer {
        private final HttpServerResponse response;
        private final Expectations expectations;
        private final boolean isOverloadRefused;

        Answer(HttpServerResponse response, Expectations expectations, boolean isOverloadRefused) {
            this.response = response;
            this.expectations = expectations;
            this.isOverloadRefused = isOverloadRefused;
        }

        void accept() {
            Responses.send(response, 200, expectations.accepted());
        }

        void fail(ApiError error) {
            Responses.fail(response, error);
        }

        void fail(Throwable failure) {
            String message = String.valueOf(failure.getMessage());
            switch (failure) {
                case DialectException refusal ->
                    fail(
                            switch (refusal.code()) {
                                case INVALID_BODY -> ApiError.badRequest(message);
                                case UNKNOWN_KEY -> ApiError.unauthorized(message);
                                case TOO_LARGE -> ApiError.bodyTooLarge(expectations.tooLargeStatus(), message);
                            });
                case IngestException refusal ->
                    fail(
                            switch (refusal.code()) {
                                case BODY_TOO_LARGE -> ApiError.bodyTooLarge(expectations.tooLargeStatus(), message);
                                case OVERLOADED ->
                                    isOverloadRefused
                                            ? ApiError.overloaded(message, refusal.retryAfter())
                                            : ApiError.unavailable(message, refusal.retryAfter());
                                case OVER_QUOTA ->
                                    isOverloadRefused
                                            ? ApiError.overQuota(message, refusal.retryAfter())
                                            : ApiError.unavailable(message, refusal.retryAfter());
                                case UNAVAILABLE -> ApiError.unavailable(message, refusal.retryAfter());
                            });
                default -> {
                    log.error("events could not be taken", failure);
                    fail(ApiError.internal());
                }
            }
        }
    }
}
