package dev.freshet.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.eventstore.TestClickHouse;
import dev.freshet.server.ServerUnderTest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /readyz} of a whole server whose ClickHouse fails, and comes back. */
class ReadinessIT {
    private static final long LIMIT_NS = 60_000_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VIEW = "{\"event_type\":\"page_view\",\"user_id\":\"u\"}";
    private static final String BACKLOG_EVENTS = "freshet_store_backlog_events";
    private static final String BACKLOG_AGE = "freshet_store_backlog_age_seconds";
    private static final String UNSTORED_BYTES = "freshet_log_unstored_bytes";

    private static HttpResponse<String> post(ServerUnderTest server) throws IOException, InterruptedException {
        return server.post("/v1/events", VIEW, "Authorization", "Bearer " + ServerUnderTest.WRITE_KEY);
    }

    private static JsonNode awaitStatus(ServerUnderTest server, int status) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        HttpResponse<String> answer = server.get("/readyz");
        while (answer.statusCode() != status) {
            assertThat(System.nanoTime() - deadlineNs).as(answer.body()).isNegative();
            LockSupport.parkNanos(50_000_000);
            answer = server.get("/readyz");
        }
        return JSON.readTree(answer.body());
    }

    private static void awaitText(TestClickHouse clickHouse, String sql, String expected) {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (!clickHouse.text(sql).equals(expected)) {
            assertThat(System.nanoTime() - deadlineNs).as(sql).isNegative();
            LockSupport.parkNanos(50_000_000);
        }
    }

    @Test
    void aServerWhoseClickHouseFailsIsNotReadyTakesEventsAndIsReadyOnceItIsBack(@TempDir Path folder) throws Exception {
        TestClickHouse clickHouse = new TestClickHouse();
        try (ServerUnderTest server = new ServerUnderTest(folder, Map.of("FRESHET_CLICKHOUSE_URL", clickHouse.url()))) {
            assertThat(awaitStatus(server, 200).at("/ready").asBoolean()).isTrue();
            clickHouse.run("DETACH TABLE events");

            assertThat(post(server).statusCode()).isEqualTo(202);

            JsonNode failing = awaitStatus(server, 503);
            assertThat(failing.at("/ready").asBoolean()).isFalse();
            assertThat(failing.at("/parts/event_store/ready").asBoolean(true)).isFalse();
            assertThat(failing.at("/parts/event_store/detail").asText()).contains("events");
            for (String part : new String[] {"event_log", "ingest", "duplicates", "documents"}) {
                assertThat(failing.at("/parts/" + part + "/ready").asBoolean())
                        .as(part)
                        .isTrue();
            }
            assertThat(server.get("/healthz").statusCode()).as("it is alive").isEqualTo(200);
            assertThat(post(server).statusCode()).as("and takes events").isEqualTo(202);

            clickHouse.run("ATTACH TABLE events");

            awaitStatus(server, 200);
            awaitText(clickHouse, "SELECT toString(count()) FROM events", "2");
            // An insert is in the table a moment before it is in the views.
            awaitText(clickHouse, "SELECT toString(sum(event_count)) FROM events_1m", "2");
        }
    }

    private static double metric(ServerUnderTest server, String name) throws IOException, InterruptedException {
        return server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitMetric(ServerUnderTest server, String name, DoublePredicate isWanted)
            throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        double value = metric(server, name);
        while (!isWanted.test(value)) {
            assertThat(System.nanoTime() - deadlineNs).as(name + " is " + value).isNegative();
            LockSupport.parkNanos(50_000_000);
            value = metric(server, name);
        }
    }

    /** So many requests of a thousand events each. */
    private static void postThousands(ServerUnderTest server, int requests) throws IOException, InterruptedException {
        String thousand = "[" + String.join(",", Collections.nCopies(1_000, VIEW)) + "]";
        for (int request = 0; request < requests; request++) {
            assertThat(server.post("/v1/events", thousand, "Authorization", "Bearer " + ServerUnderTest.WRITE_KEY)
                            .statusCode())
                    .isEqualTo(202);
        }
    }

    @Test
    void theBacklogOfAnOutageIsSeenToGrowInEventsBytesAndAgeAndToGo(@TempDir Path folder) throws Exception {
        TestClickHouse clickHouse = new TestClickHouse();
        try (ServerUnderTest server = new ServerUnderTest(folder, Map.of("FRESHET_CLICKHOUSE_URL", clickHouse.url()))) {
            awaitStatus(server, 200);
            clickHouse.run("DETACH TABLE events");
            double aheadBytes = 0;
            double ahead = 0;
            for (int part = 1; part <= 4; part++) {
                postThousands(server, 25);
                assertThat(metric(server, BACKLOG_EVENTS)).isGreaterThanOrEqualTo(ahead + 25_000);
                assertThat(metric(server, UNSTORED_BYTES)).isGreaterThan(aheadBytes);
                ahead = metric(server, BACKLOG_EVENTS);
                aheadBytes = metric(server, UNSTORED_BYTES);
                double aged = metric(server, BACKLOG_AGE);
                awaitMetric(server, BACKLOG_AGE, age -> age > aged);
            }
            assertThat(ahead).isGreaterThanOrEqualTo(100_000);
            assertThat(aheadBytes).as("at least the event's own text").isGreaterThan(100_000 * 20);

            clickHouse.run("ATTACH TABLE events");

            // The canary comes every ten seconds, and is behind for a moment.
            awaitMetric(server, BACKLOG_EVENTS, events -> events == 0);
            awaitMetric(server, UNSTORED_BYTES, bytes -> bytes == 0);
            awaitMetric(server, BACKLOG_AGE, age -> age == 0);
            awaitText(clickHouse, "SELECT toString(uniqExact(log_position)) FROM events", "100000");
            awaitText(clickHouse, "SELECT toString(sum(event_count)) FROM events_1m", "100000");
        }
    }
}
