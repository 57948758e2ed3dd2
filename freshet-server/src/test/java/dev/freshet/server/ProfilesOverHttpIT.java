package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.documents.TestMongo;
import dev.freshet.eventstore.TestClickHouse;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What SDKs say about people, through a whole server. */
@Timeout(180)
class ProfilesOverHttpIT {
    private static final long LIMIT_NS = 60_000_000_000L;

    private final TestClickHouse clickHouse = new TestClickHouse();

    @TempDir
    private Path folder;

    @Test
    void aRequestThatNoProfileCanHoldHoldsUpNobodyAlsoAcrossARestart() throws Exception {
        try (ServerUnderTest server =
                new ServerUnderTest(folder, Map.of(Setting.CLICKHOUSE_URL.variable(), clickHouse.url()))) {
            String large = IntStream.range(0, 100)
                    .mapToObj(index -> identify("greedy", "t" + index, "x".repeat(250_000)))
                    .collect(Collectors.joining(","));
            assertThat(batch(server, large).statusCode()).isEqualTo(200);
            assertThat(batch(server, identify("ada", "plan", "free")).statusCode())
                    .isEqualTo(200);
            double said = server.metric("freshet_log_durable_position");

            await(() -> traits("ada").contains("free"));
            await(() -> server.metric("freshet_profiled_position") >= said);

            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(server.metric("freshet_profile_refused_changes_total")).isEqualTo(96);
            assertThat(server.metric("freshet_profile_changes_total")).isEqualTo(5);
            assertThat(traits("greedy")).contains("t0", "t3").doesNotContain("t4");

            server.restart();
            assertThat(batch(server, large).statusCode()).isEqualTo(200);
            assertThat(batch(server, identify("ada", "plan", "pro") + "," + identify("greedy", "plan", "free"))
                            .statusCode())
                    .isEqualTo(200);
            double saidAgain = server.metric("freshet_log_durable_position");

            await(() -> traits("ada").contains("pro") && traits("greedy").contains("plan"));
            await(() -> server.metric("freshet_profiled_position") >= saidAgain);
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whileMongoIsAwayAllIsAcknowledgedAndAppliedOnceItIsBack() throws Exception {
        try (TestMongo mongo = new TestMongo(folder.resolve("mongo"));
                ServerUnderTest server = new ServerUnderTest(
                        folder.resolve("data"),
                        Map.of(
                                Setting.CLICKHOUSE_URL.variable(),
                                clickHouse.url(),
                                Setting.MONGODB_URI.variable(),
                                mongo.uri()))) {
            batch(server, identify("user 0", "plan", "free"));
            await(() -> server.metric("freshet_profile_changes_total") == 1);
            mongo.takeAway();

            for (int index = 1; index <= 40; index++) {
                String both = identify("user " + index % 20, "plan", "p" + index)
                        + ",{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\"}";
                assertThat(batch(server, both).statusCode()).isEqualTo(200);
            }
            await(() -> !part(server, "profiles").get("ready").asBoolean());
            HttpResponse<String> away = server.get("/readyz");
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(part(server, "profiles").get("detail").asText()).contains("MongoDB could not");
            assertThat(part(server, "event_store").get("ready").asBoolean()).isTrue();
            await(() -> clickHouse.text("SELECT toString(count()) FROM events").equals("40"));
            assertThat(server.events("{\"event_type\":\"page_view\",\"user_id\":\"u\"}")
                            .statusCode())
                    .isEqualTo(202);
            assertThat(server.metric("freshet_profile_changes_total")).isEqualTo(1);
            double said = server.metric("freshet_log_durable_position");
            assertThat(server.metric("freshet_profiled_position")).isLessThan(said);

            mongo.bringBack();

            await(() -> server.metric("freshet_profiled_position") >= said);
            await(() -> server.get("/readyz").statusCode() == 200);
            assertThat(server.metric("freshet_profile_changes_total")).isEqualTo(41);
            assertThat(server.metric("freshet_profile_refused_changes_total")).isZero();
            for (int index = 21; index <= 40; index++) {
                assertThat(traits("user " + index % 20)).isEqualTo("{\"plan\":\"p" + index + "\"}");
            }
            assertThat(clickHouse.text("SELECT toString(count()) FROM profiles FINAL"))
                    .isEqualTo("20");
        }
    }

    private static String identify(String userId, String trait, String value) {
        return "{\"type\":\"identify\",\"userId\":\"%s\",\"traits\":{\"%s\":\"%s\"}}".formatted(userId, trait, value);
    }

    private static HttpResponse<String> batch(ServerUnderTest server, String messages) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("{\"writeKey\":\"%s\",\"batch\":[%s]}"
                    .formatted(ServerUnderTest.WRITE_KEY, messages)
                    .getBytes(StandardCharsets.UTF_8));
        }
        return server.post(
                "/v1/batch", packed.toByteArray(), "Content-Type", "application/json", "Content-Encoding", "gzip");
    }

    private static JsonNode part(ServerUnderTest server, String name) throws Exception {
        return ServerUnderTest.json(server.get("/readyz")).get("parts").get(name);
    }

    private String traits(String userId) {
        return clickHouse.text(
                "SELECT any(traits) FROM (SELECT * FROM profiles FINAL WHERE user_id = '" + userId + "')");
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (!condition.call()) {
            assertThat(System.nanoTime() - deadlineNs).as("waited too long").isNegative();
            LockSupport.parkNanos(50_000_000);
        }
    }
}
