package dev.freshet.importer;

import dev.freshet.importer.ImportException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * Posts batches to {@code POST /v1/events} as NDJSON in gzip. A batch is tried again, byte for byte, while the server
 * is overloaded (429, 503, with its Retry-After), fails (5xx) or cannot be reached, until the patience is used up; what
 * an attempt that was cut off did deliver then comes back as duplicates. Safe from many threads; each delivery blocks
 * its own.
 */
public final class EventPoster implements BatchSink, AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

    /** A server that asks for more is asked again sooner. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(60);

    /**
     * Where to post and how long to try.
     *
     * @param baseUrl such as {@code http://127.0.0.1:8080}
     * @param patience how long one batch is tried before the delivery fails
     */
    public record Target(URI baseUrl, Credential credential, Duration patience) {
        /** The patience of an import, which somebody watches. */
        public static final Duration IMPORT_PATIENCE = Duration.ofMinutes(5);

        /** The patience of a replay: until it is stopped. */
        public static final Duration ENDLESS = Duration.ofDays(36_500);

        URI events() {
            String base = baseUrl.toString();
            return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/v1/events");
        }
    }

    private sealed interface Attempt {}

    private record Taken(BatchReceipt receipt) implements Attempt {}

    private record TryAgain(String why, Optional<Duration> retryAfter) implements Attempt {}

    private final Target target;
    private final InstantSource clock;
    private final Pause pause;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    public EventPoster(Target target, InstantSource clock, Pause pause) {
        this.target = target;
        this.clock = clock;
        this.pause = pause;
    }

    @Override
    public BatchReceipt deliver(List<ImportEvent> batch) throws ImportException, InterruptedException {
        HttpRequest request = request(batch);
        Instant giveUpAt = clock.instant().plus(target.patience());
        Duration backoff = FIRST_BACKOFF;
        while (true) {
            switch (attempt(request, batch)) {
                case Taken(BatchReceipt receipt) -> {
                    return receipt;
                }
                case TryAgain(String why, Optional<Duration> retryAfter) -> {
                    Duration wait = retryAfter.orElse(backoff);
                    if (clock.instant().plus(wait).isAfter(giveUpAt)) {
                        throw new ImportException(
                                Code.SERVER_UNAVAILABLE,
                                "Gave up on " + target.baseUrl() + " after "
                                        + target.patience().toSeconds() + " s: " + why
                                        + "; run the import again once it is well, nothing is taken twice.");
                    }
                    pause.pause(wait);
                    backoff = shorter(backoff.multipliedBy(2), LONGEST_BACKOFF);
                }
            }
        }
    }

    private HttpRequest request(List<ImportEvent> batch) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.events())
                .timeout(REPLY_TIMEOUT)
                .header("Content-Type", "application/x-ndjson")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(zipped(batch)));
        target.credential().addTo(request);
        return request.build();
    }

    private Attempt attempt(HttpRequest request, List<ImportEvent> batch) throws ImportException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new TryAgain("no answer (" + reason + ")", Optional.empty());
        }
        int status = response.statusCode();
        return switch (status) {
            case 200, 202 -> new Taken(IngestReply.receipt(response.body(), batch));
            case 400 -> new Taken(IngestReply.receiptOrRefusal(response.body(), batch));
            case 401, 403 ->
                throw new ImportException(
                        Code.KEY_REFUSED,
                        target.baseUrl() + " does not accept the key (" + status + "); give a valid write key or the "
                                + "admin key.");
            default -> {
                if (status == 408 || status == 429 || status >= 500) {
                    yield new TryAgain("it answered " + status, retryAfter(response));
                }
                throw IngestReply.refusal(status, response.body());
            }
        };
    }

    /** Retry-After in its form of seconds, which is the one Freshet sends; another form is as good as none. */
    private static Optional<Duration> retryAfter(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> shorter(Duration.ofSeconds(Long.parseLong(text)), LONGEST_RETRY_AFTER));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static byte[] zipped(List<ImportEvent> batch) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 * 1024);
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            for (ImportEvent event : batch) {
                zip.write(event.json().getBytes(StandardCharsets.UTF_8));
                zip.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
