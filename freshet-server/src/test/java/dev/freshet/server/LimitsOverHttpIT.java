package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole server refuses past its limits, how it says so, and what its metrics show. */
class LimitsOverHttpIT {
    private static final long LIMIT_NS = 30_000_000_000L;
    private static final String VIEW = "{\"event_type\":\"page_view\",\"user_id\":\"u\"}";
    private static final String ADMIN = "Bearer " + ServerUnderTest.ADMIN_KEY;

    @TempDir
    private Path folder;

    private static String views(int count) {
        return IntStream.range(0, count).mapToObj(index -> VIEW).collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aKeyOverItsQuotaIsRefusedUntilItsTimeAndNoOtherIs() throws Exception {
        Map<String, String> settings =
                Map.of(Setting.KEY_EVENTS_PER_SECOND.variable(), "5", Setting.KEY_BURST_EVENTS.variable(), "10");
        try (ServerUnderTest server = new ServerUnderTest(folder, settings)) {
            assertThat(server.events(views(10)).statusCode()).isEqualTo(202);
            HttpResponse<String> over = server.events(views(10));
            assertThat(over.statusCode()).isEqualTo(429);
            assertThat(over.body()).contains("over_quota");
            assertThat(over.headers().firstValueAsLong("Retry-After").orElseThrow())
                    .isBetween(1L, 2L);
            assertThat(segment(server, "/v1/batch").statusCode()).isEqualTo(429);
            assertThat(segment(server, "/v1/batch", "Origin", "https://app.example")
                            .statusCode())
                    .isEqualTo(503);
            assertThat(segment(server, "/v1/b").statusCode()).isEqualTo(503);

            assertThat(server.post("/v1/events", views(50), "Authorization", ADMIN)
                            .statusCode())
                    .as("the admin key, which imports")
                    .isEqualTo(202);
            String made = server.post(
                            "/v1/keys",
                            "{\"name\":\"fast\",\"eventsPerSecond\":100,\"burst\":40}",
                            "Authorization",
                            ADMIN)
                    .body();
            String fast = made.replaceAll(".*\"key\":\"([^\"]+)\".*", "$1");
            assertThat(server.post("/v1/events", views(40), "X-Write-Key", fast).statusCode())
                    .isEqualTo(202);

            long deadlineNs = System.nanoTime() + LIMIT_NS;
            HttpResponse<String> again = server.events(VIEW);
            while (again.statusCode() != 202) {
                assertThat(System.nanoTime() - deadlineNs).as(again.body()).isNegative();
                LockSupport.parkNanos(50_000_000);
                again = server.events(VIEW);
            }
            assertThat(server.metric("freshet_ingest_refused_total{code=\"over_quota\"}"))
                    .isGreaterThanOrEqualTo(4);
        }
    }

    private static HttpResponse<String> segment(ServerUnderTest server, String path, String... headers)
            throws Exception {
        String messages = IntStream.range(0, 10)
                .mapToObj(index -> "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\"}")
                .collect(Collectors.joining(","));
        return server.post(
                path, "{\"writeKey\":\"" + ServerUnderTest.WRITE_KEY + "\",\"batch\":[" + messages + "]}", headers);
    }

    @Test
    void aLogAtItsLimitIsA503AndItsMetricsShowIt() throws Exception {
        try (ServerUnderTest server = new ServerUnderTest(folder, Map.of(Setting.LOG_LIMIT_MB.variable(), "1"))) {
            assertThat(server.events(views(100)).statusCode()).isEqualTo(202);
            assertThat(server.metric("freshet_log_limit_bytes")).isEqualTo(1024 * 1024);

            HttpResponse<String> full = server.events(views(20_000));

            assertThat(full.statusCode()).isEqualTo(503);
            assertThat(full.body()).contains("unavailable", "limit of 1048576 bytes");
            assertThat(full.headers().firstValue("Retry-After")).isPresent();
            assertThat(server.metric("freshet_log_bytes")).isBetween(1.0, 1024.0 * 1024);
            assertThat(server.metric("freshet_ingest_refused_total{code=\"unavailable\"}"))
                    .isEqualTo(1);
            assertThat(server.events(VIEW).statusCode()).as("what still fits").isEqualTo(202);
        }
    }

    @Test
    void aDiskBelowItsReserveIsA503AndItsMetricsShowIt() throws Exception {
        try (ServerUnderTest server =
                new ServerUnderTest(folder, Map.of(Setting.DISK_RESERVE_MB.variable(), "16777216"))) {
            HttpResponse<String> full = server.events(VIEW);

            assertThat(full.statusCode()).isEqualTo(503);
            assertThat(full.body()).contains("Free some space");
            assertThat(full.headers().firstValue("Retry-After")).isPresent();
            assertThat(segment(server, "/v1/batch").statusCode()).isEqualTo(503);
            assertThat(server.metric("freshet_log_disk_free_bytes"))
                    .isPositive()
                    .isLessThan(server.metric("freshet_log_disk_reserve_bytes"));
        }
    }

    @Test
    void everyLimitHasAMetricBesideWhatItBounds() throws Exception {
        try (ServerUnderTest server = new ServerUnderTest(folder, Map.of(Setting.IN_FLIGHT_MB.variable(), "7"))) {
            server.events(VIEW);
            assertThat(server.metric("freshet_ingest_bytes_in_flight"))
                    .as("nothing but perhaps the canary, which comes by itself")
                    .isBetween(0.0, 200.0);
            assertThat(server.metric("freshet_ingest_bytes_in_flight_limit")).isEqualTo(7 * 1024 * 1024);
            assertThat(server.metric("freshet_http_body_limit_bytes")).isPositive();
            assertThat(server.metric("freshet_log_unstored_bytes")).isNotNegative();
        }
    }

    @Test
    void aServerThatStopsTellsPagesWhenToComeBack() throws Exception {
        String[] page = {"Origin", "https://app.example", "X-Write-Key", ServerUnderTest.WRITE_KEY};
        try (ServerUnderTest server = new ServerUnderTest(folder);
                RawHttp held = new RawHttp(server.url())) {
            // A request that is not answered, which the server waits for.
            held.send("POST /v1/events HTTP/1.1\r\nHost: h\r\nX-Write-Key: " + ServerUnderTest.WRITE_KEY
                    + "\r\nContent-Length: 100\r\n\r\n[");
            while (server.metric("freshet_http_body_bytes") == 0) {
                LockSupport.parkNanos(5_000_000);
            }
            FutureTask<Void> restart = new FutureTask<>(() -> {
                server.restart();
                return null;
            });
            Thread.ofPlatform().start(restart);
            HttpResponse<String> stopping = server.post("/v1/events", VIEW, page);
            while (stopping.statusCode() == 202) {
                stopping = server.post("/v1/events", VIEW, page);
            }

            assertThat(stopping.statusCode()).isEqualTo(503);
            assertThat(stopping.body()).contains("unavailable", "stopping");
            assertThat(stopping.headers().firstValue("Retry-After")).isPresent();
            assertThat(stopping.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("https://app.example");
            assertThat(stopping.headers().firstValue("Access-Control-Expose-Headers"))
                    .contains("Retry-After");
            HttpResponse<String> preflight = server.send("OPTIONS", "/v1/events", new byte[0], page);
            assertThat(preflight.statusCode()).isEqualTo(204);
            restart.get();
            assertThat(server.events(VIEW).statusCode()).isEqualTo(202);
        }
    }
}
