package dev.freshet.http;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.auth.WriteKeys;
import dev.freshet.event.PresentedKeys;
import dev.freshet.ingest.BodyEncoding;
import dev.freshet.ingest.BodyFormat;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.EventDecoder;
import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.IngestReply;
import dev.freshet.ingest.LargeBodyException;
import dev.freshet.ingest.QuotaGate;
import dev.freshet.ingest.Reject;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/events}. Stands before the router, since it is the hot path. Small bodies are decoded on the event loop,
 * larger or packed ones on a worker thread, what needs much memory by {@link LargeBodies}.
 */
final class IngestRoutes {
    static final String PATH = "/v1/events";

    private static final Logger log = LoggerFactory.getLogger(IngestRoutes.class);
    private static final int INLINE_BYTES = 256 * 1024;

    private final WriteKeys writeKeys;
    private final AdminTeams adminTeams;
    private final EventDecoder decoder;
    private final QuotaGate ingest;
    private final InstantSource clock;
    private final WorkerExecutor workers;
    private final LargeBodies largeBodies;

    IngestRoutes(
            WorkerExecutor workers,
            LargeBodies largeBodies,
            WriteKeys writeKeys,
            AdminTeams adminTeams,
            EventDecoder decoder,
            QuotaGate ingest,
            InstantSource clock) {
        this.workers = workers;
        this.largeBodies = largeBodies;
        this.writeKeys = writeKeys;
        this.adminTeams = adminTeams;
        this.decoder = decoder;
        this.ingest = ingest;
        this.clock = clock;
    }

    void handle(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (request.method().equals(HttpMethod.OPTIONS)) {
            Cors.preflight(request);
            return;
        }
        Cors.allow(request);
        if (!request.method().equals(HttpMethod.POST)) {
            response.putHeader(HttpHeaders.ALLOW, "POST");
            refuse(request, ApiError.methodNotAllowed(request.method().name(), "POST"));
            return;
        }
        Optional<String> key = Credentials.writeKey(request);
        Optional<WriteKeyGrant> grant = grant(key, request);
        if (grant.isEmpty()) {
            refuse(
                    request,
                    ApiError.unauthorized(
                            "a write key is needed, as `Authorization: Bearer KEY` or `X-Write-Key: KEY`"));
            return;
        }
        Optional<IngestException> refusal = ingest.refusal(grant.get());
        if (refusal.isPresent()) {
            refuse(request, errorOf(refusal.get()));
            return;
        }
        Optional<BodyFormat> format = format(request.getHeader(HttpHeaders.CONTENT_TYPE));
        if (format.isEmpty()) {
            refuse(request, ApiError.unsupportedMediaType("send application/json or application/x-ndjson"));
            return;
        }
        String encodingHeader = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        Optional<BodyEncoding> encoding = BodyEncoding.ofHeader(encodingHeader == null ? "" : encodingHeader);
        if (encoding.isEmpty()) {
            refuse(request, ApiError.unsupportedMediaType("Content-Encoding must be gzip, zstd or absent"));
            return;
        }
        PresentedKeys presented = key.map(PresentedKeys::of).orElse(PresentedKeys.NONE);
        RequestBody.read(request, EventDecoder.BODY_LIMIT_BYTES)
                .onSuccess(body -> decode(grant.get(), body, encoding.get(), format.get(), presented, response))
                .onFailure(failure -> {
                    if (failure instanceof RequestBody.TooLargeException tooLarge) {
                        Responses.fail(
                                response, ApiError.bodyTooLarge(tooLarge.getMessage() + "; send fewer events at once"));
                    }
                    // Anything else: the client is gone, and with it whoever would read an answer.
                });
    }

    private Optional<WriteKeyGrant> grant(Optional<String> key, HttpServerRequest request) {
        return key.flatMap(writeKeys::resolve)
                .or(() -> key.flatMap(presented -> adminTeams.team(presented, request))
                        .map(WriteKeyGrant::administrator));
    }

    /** curl's own default for {@code -d} is taken as JSON too: it is the first thing that everybody tries. */
    private static Optional<BodyFormat> format(@Nullable String contentType) {
        String type =
                contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "", "application/json", "text/plain", "application/x-www-form-urlencoded" ->
                Optional.of(BodyFormat.JSON);
            case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines" ->
                Optional.of(BodyFormat.NDJSON);
            default -> Optional.empty();
        };
    }

    private void decode(
            WriteKeyGrant grant,
            Buffer body,
            BodyEncoding encoding,
            BodyFormat format,
            PresentedKeys keys,
            HttpServerResponse response) {
        if (body.length() <= INLINE_BYTES && encoding == BodyEncoding.IDENTITY) {
            try {
                byte[] bytes = body.getBytes();
                DecodingShare share = DecodingShare.BESIDE_OTHERS;
                submit(
                        grant,
                        decoder.decode(grant.teamId(), bytes, encoding, format, clock.millis(), keys, share),
                        response);
            } catch (RuntimeException e) {
                failed(grant, decoding(grant, body, encoding, format, keys), response, e);
            }
            return;
        }
        Decoding decoding = decoding(grant, body, encoding, format, keys);
        workers.executeBlocking(() -> decoding.decode(DecodingShare.BESIDE_OTHERS), false)
                .onSuccess(decoded -> submit(grant, decoded, response))
                .onFailure(failure -> failed(grant, decoding, response, failure));
    }

    /** The decoding of one body on another thread. */
    private interface Decoding {
        DecodedEvents decode(DecodingShare share);
    }

    /** Copies the body only when its turn comes. */
    private Decoding decoding(
            WriteKeyGrant grant, Buffer body, BodyEncoding encoding, BodyFormat format, PresentedKeys keys) {
        long receivedAtMs = clock.millis();
        return share -> decoder.decode(grant.teamId(), body.getBytes(), encoding, format, receivedAtMs, keys, share);
    }

    private void failed(WriteKeyGrant grant, Decoding decoding, HttpServerResponse response, Throwable failure) {
        if (failure instanceof LargeBodyException) {
            largeBodies
                    .take(
                            response,
                            () -> decoding.decode(DecodingShare.ALONE),
                            decoded -> ingest.submit(grant, decoded))
                    .onSuccess(reply -> Responses.send(response, reply.status(), json(reply)))
                    .onFailure(refusal -> Responses.fail(response, errorOf(IngestException.causeOf(refusal))));
        } else {
            Responses.fail(response, errorOf(failure));
        }
    }

    private void submit(WriteKeyGrant grant, DecodedEvents decoded, HttpServerResponse response) {
        Context context = Vertx.currentContext();
        ingest.submit(grant, decoded)
                .whenComplete((reply, failure) -> context.runOnContext(event -> {
                    if (failure == null) {
                        Responses.send(response, reply.status(), json(reply));
                    } else {
                        Responses.fail(response, errorOf(IngestException.causeOf(failure)));
                    }
                }));
    }

    private static ApiError errorOf(Throwable failure) {
        if (failure instanceof IngestException refusal) {
            String message = String.valueOf(refusal.getMessage());
            return switch (refusal.code()) {
                case BODY_TOO_LARGE -> ApiError.bodyTooLarge(message);
                case OVERLOADED -> ApiError.overloaded(message, refusal.retryAfter());
                case OVER_QUOTA -> ApiError.overQuota(message, refusal.retryAfter());
                case UNAVAILABLE -> ApiError.unavailable(message, refusal.retryAfter());
            };
        }
        log.error("events could not be taken", failure);
        return ApiError.internal();
    }

    private static Buffer json(IngestReply reply) {
        if (reply.rejected().isEmpty()) {
            return Buffer.buffer("{\"accepted\":" + reply.accepted() + ",\"duplicates\":" + reply.duplicates()
                    + ",\"rejected\":[]}");
        }
        return Responses.json(generator -> {
            generator.writeStartObject();
            generator.writeNumberField("accepted", reply.accepted());
            generator.writeNumberField("duplicates", reply.duplicates());
            generator.writeArrayFieldStart("rejected");
            for (Reject reject : reply.rejected()) {
                generator.writeStartObject();
                generator.writeNumberField("index", reject.index());
                generator.writeStringField("code", reject.code().wireName());
                generator.writeStringField("message", reject.message());
                generator.writeEndObject();
            }
            generator.writeEndArray();
            generator.writeEndObject();
        });
    }

    /** Answers before the body was read. */
    private static void refuse(HttpServerRequest request, ApiError error) {
        RequestBody.discardRest(request);
        Responses.fail(request.response(), error);
    }
}
