package dev.freshet.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.dialect.BrowserSessions;
import dev.freshet.dialect.DialectMetrics;
import dev.freshet.dialect.DialectParts;
import dev.freshet.dialect.PostHogDecoder;
import dev.freshet.dialect.SegmentDecoder;
import dev.freshet.dialect.TeamMappings;
import dev.freshet.ingest.EventIds;
import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.IngestReply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How each SDK is told to come back later: browsers drop what any 4xx answered, Segment's servers expect 429. */
final class SdkOverloadTest {
    private final Vertx vertx = Vertx.vertx();
    private IngestException.Code code = IngestException.Code.OVERLOADED;
    private final int port = listen();

    private int listen() {
        DialectParts parts = new DialectParts(
                key -> Optional.of(new WriteKeyGrant("team", key)),
                Duration.ofDays(90),
                TeamMappings.EMPTY,
                new BrowserSessions(),
                new EventIds(),
                new DialectMetrics());
        DialectIntake intake = new DialectIntake(
                events -> CompletableFuture.<IngestReply>failedFuture(
                                new IngestException(code, "Not now.", Duration.ofSeconds(7)))
                        .minimalCompletionStage(),
                InstantSource.system(),
                vertx.createSharedWorkerExecutor("decode", 1),
                new LargeBodies(vertx));
        Router router = Router.router(vertx);
        new SegmentRoutes(key -> true, new SegmentDecoder(parts), intake).register(router);
        new PostHogRoutes(key -> true, new PostHogDecoder(parts), intake).register(router);
        HttpServer server = vertx.createHttpServer().requestHandler(router);
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private HttpResponse<String> post(String path, String origin) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("X-Write-Key", "key")
                .POST(HttpRequest.BodyPublishers.ofString("{\"event\":\"A\",\"userId\":\"u\",\"distinct_id\":\"u\"}"));
        if (!origin.isEmpty()) {
            request.header("Origin", origin);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/batch, '', 429",
        "/v1/import/, '', 429",
        "/v1/track, '', 429",
        "/v1/batch, https://app.example, 503",
        "/v1/t, '', 503",
        "/v1/b, '', 503",
        "/batch/, '', 503",
        "/e/, '', 503",
    })
    void overloadIsSaidInTheStatusThatTheSenderRepeats(String path, String origin, int status) throws Exception {
        HttpResponse<String> response = post(path, origin);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void aKeyOverItsQuotaIsToldLikeOverload() throws Exception {
        code = IngestException.Code.OVER_QUOTA;

        assertThat(post("/v1/batch", "").statusCode()).isEqualTo(429);
        assertThat(post("/v1/batch", "").body()).contains("over_quota");
        assertThat(post("/v1/batch", "https://app.example").statusCode()).isEqualTo(503);
        assertThat(post("/batch", "").statusCode()).isEqualTo(503);
        assertThat(post("/e/", "").headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void aLogThatCannotTakeMoreIs503ForAll() throws Exception {
        code = IngestException.Code.UNAVAILABLE;

        assertThat(post("/v1/batch", "").statusCode()).isEqualTo(503);
        assertThat(post("/batch", "").statusCode()).isEqualTo(503);
    }
}
