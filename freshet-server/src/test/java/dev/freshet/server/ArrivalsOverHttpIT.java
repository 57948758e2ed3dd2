package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.arrivals.Arrivals;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code ingest:recent} and {@code ingest:rejected} of a whole server, in which one test follows the other. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ArrivalsOverHttpIT {
    private static final long LIMIT_NS = 20_000_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static ServerUnderTest server;
    private static String token = "";

    @BeforeAll
    static void start() throws Exception {
        server = new ServerUnderTest(folder);
        signIn();
    }

    private static void signIn() throws IOException, InterruptedException {
        HttpResponse<String> login = server.post(
                "/auth/login",
                "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(ServerUnderTest.EMAIL, ServerUnderTest.PASSWORD),
                "Content-Type",
                "application/json");
        token = ServerUnderTest.json(login).get("token").asText();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode query(String path, String arguments) throws IOException, InterruptedException {
        return ServerUnderTest.json(server.post(
                "/api/query",
                "{\"path\":\"%s\",\"args\":%s}".formatted(path, arguments),
                "Authorization",
                "Bearer " + token));
    }

    private static JsonNode page(String cursor, int items) throws IOException, InterruptedException {
        return query(
                        "ingest:rejected",
                        "{\"paginationOpts\":{\"numItems\":%d,\"cursor\":%s,\"id\":1}}".formatted(items, cursor))
                .get("value");
    }

    private static JsonNode awaitLetters(int count) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        JsonNode page = page("null", 100);
        while (page.get("page").size() < count) {
            assertThat(System.nanoTime() - deadlineNs).as(page.toString()).isNegative();
            LockSupport.parkNanos(20_000_000);
            page = page("null", 100);
        }
        return page;
    }

    @Test
    @Order(1)
    void everyNativeRefusalIsKeptWithItsReasonAndWhatWasSent() throws Exception {
        assertThat(server.events("{\"event_type\":").statusCode()).isEqualTo(400);
        assertThat(server.events("[{\"event_type\":\"click\",\"user_id\":\"u\"}]")
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.events(
                                "[{\"event_type\":\"page_view\",\"user_id\":\"u\"},7]",
                                "Content-Type",
                                "application/json")
                        .statusCode())
                .isEqualTo(202);
        assertThat(server.events(new byte[] {31, -117, 8, 0, 1}, "Content-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(400);

        JsonNode page = awaitLetters(4);

        List<String> shown = new ArrayList<>();
        page.get("page").forEach(letter -> {
            shown.add(letter.get("code").asText() + " " + letter.get("body").asText());
            assertThat(letter.get("dialect").asText()).isEqualTo("native");
            assertThat(letter.get("message").asText()).isNotBlank();
            assertThat(letter.get("receivedAt").asLong())
                    .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
        });
        assertThat(shown)
                .containsExactly(
                        "invalid_json ",
                        "not_an_object 7",
                        "unknown_event_type {\"event_type\":\"click\",\"user_id\":\"u\"}",
                        "invalid_json {\"event_type\":");
        assertThat(page.get("isDone").asBoolean()).isTrue();
    }

    @Test
    @Order(2)
    void pagesFollowEachOtherAndHoldEachDeadLetterOnce() throws Exception {
        List<String> whole = new ArrayList<>();
        awaitLetters(4)
                .get("page")
                .forEach(letter -> whole.add(letter.get("_id").asText()));

        List<String> byPages = new ArrayList<>();
        JsonNode page = page("null", 3);
        page.get("page").forEach(letter -> byPages.add(letter.get("_id").asText()));
        page = page(page.get("continueCursor").toString(), 3);
        page.get("page").forEach(letter -> byPages.add(letter.get("_id").asText()));

        assertThat(byPages).hasSize(4).isEqualTo(whole).doesNotHaveDuplicates();
        assertThat(page.get("isDone").asBoolean()).isTrue();
    }

    @Test
    @Order(3)
    void theLastEventsAreThereWithAllTheirFieldsAlsoAfterARestart() throws Exception {
        String id = "0197a000-0000-7000-8000-000000000001";
        long nowMs = System.currentTimeMillis();
        server.events("""
                {"event_id":"%s","event_type":"feature_used","name":"export","user_id":"ada","session_id":"s",\
                "timestamp":%d,"properties":{"$a":[1,null]}}""".formatted(id, nowMs));
        assertNewest(id, nowMs);

        server.restart();
        signIn();

        assertNewest(id, nowMs);
        assertThat(query("ingest:recent", "{\"limit\":1}").get("value")).hasSize(1);
        assertThat(query("ingest:recent", "{\"limit\":100}").get("value")).hasSize(2);
    }

    private static void assertNewest(String id, long timestampMs) throws IOException, InterruptedException {
        JsonNode newest = query("ingest:recent", "{\"limit\":10}").get("value").get(0);
        assertThat(newest.get("_id").asText()).isEqualTo(id);
        assertThat(newest.get("eventType").asText()).isEqualTo("feature_used");
        assertThat(newest.get("name").asText()).isEqualTo("export");
        assertThat(newest.get("userId").asText()).isEqualTo("ada");
        assertThat(newest.get("sessionId").asText()).isEqualTo("s");
        assertThat(newest.get("timestamp").asLong()).isEqualTo(timestampMs);
        assertThat(JSON.readTree(newest.get("properties").asText())).isEqualTo(JSON.readTree("{\"$a\":[1,null]}"));
        assertThat(newest.has("isCut")).isFalse();
    }

    @Test
    @Order(4)
    void wrongLimitsAndCursorsAreRefusedByTheirNames() throws Exception {
        assertRefused(query("ingest:recent", "{\"limit\":0}"), "limit");
        assertRefused(query("ingest:recent", "{\"limit\":101}"), "limit");
        assertRefused(query("ingest:recent", "{\"limit\":1.5}"), "limit");
        assertRefused(
                query("ingest:rejected", "{\"paginationOpts\":{\"numItems\":0,\"cursor\":null}}"),
                "paginationOpts.numItems");
        JsonNode wrongCursor = query("ingest:rejected", "{\"paginationOpts\":{\"numItems\":1,\"cursor\":\"x\"}}");
        assertRefused(wrongCursor, "paginationOpts.cursor");
        // What the official hook for pages looks for in order to begin anew.
        assertThat(wrongCursor.at("/errorData/paginationError").asText()).isEqualTo("InvalidCursor");
        assertThat(wrongCursor.at("/errorData/isConvexSystemError").asBoolean()).isTrue();
    }

    @Test
    @Order(5)
    void morePagesThanATeamMayHaveOpenAreRefused() throws Exception {
        JsonNode last = JSON.nullNode();
        for (int number = 0; number <= Arrivals.MOST_LETTERS / 100; number++) {
            last = query(
                    "ingest:rejected",
                    "{\"paginationOpts\":{\"numItems\":100,\"cursor\":\"%d:1\"}}".formatted(1_000 + number));
        }
        assertThat(last.at("/errorData/code").asText()).as(last.toString()).isEqualTo("limit_exceeded");
        assertThat(last.at("/errorData/field").asText()).isEqualTo("paginationOpts");
    }

    private static void assertRefused(JsonNode answer, String field) {
        assertThat(answer.at("/errorData/code").asText()).as(answer.toString()).isEqualTo("invalid_argument");
        assertThat(answer.at("/errorData/field").asText()).isEqualTo(field);
    }
}
