package dev.freshet.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.eventstore.TestClickHouse;
import dev.freshet.server.ServerUnderTest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /readyz} of a whole server whose ClickHouse fails, and comes back. */
class ReadinessIT {
    private static final long LIMIT_NS = 60_000_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static HttpResponse<String> post(ServerUnderTest server) throws IOException, InterruptedException {
        return server.post(
                "/v1/events",
                "{\"event_type\":\"page_view\",\"user_id\":\"u\"}",
                "Authorization",
                "Bearer " + ServerUnderTest.WRITE_KEY);
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
}
