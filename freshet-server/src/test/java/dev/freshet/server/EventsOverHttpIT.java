package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code POST /v1/events} of a whole server, as section 3 of the contract has it. */
class EventsOverHttpIT {
    private static final String VIEW = "{\"event_type\":\"page_view\",\"user_id\":\"u\"}";
    private static final String JSON = "application/json";
    private static final String NDJSON = "application/x-ndjson";

    @TempDir
    private static Path folder;

    private static ServerUnderTest server;

    @BeforeAll
    static void start() throws InterruptedException {
        server = new ServerUnderTest(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> badEvents() {
        String tooLong = "x".repeat(201);
        return Stream.of(
                bad("{\"event_type\":", "invalid_json", "JSON", "invalid"),
                bad("", "invalid_json", "empty", "send"),
                bad("[]", "invalid_json", "no event", "send"),
                bad("{\"batch\":[]}", "invalid_json", "no event", "send"),
                bad(VIEW + VIEW, "invalid_json", "goes on", "array"),
                bad("[1]", "not_an_object", "object", "a number"),
                bad("\"text\"", "not_an_object", "object", "a string"),
                bad("null", "not_an_object", "object", "null"),
                bad(event("event_type", "\"click\""), "unknown_event_type", "click", "page_view"),
                bad(event("event_type", "\"PAGE_VIEW\""), "unknown_event_type", "PAGE_VIEW", "page_view"),
                bad("{\"user_id\":\"u\"}", "missing_field", "event_type", "send"),
                bad(event("event_type", "null"), "missing_field", "event_type", "send"),
                bad("{\"event_type\":\"page_view\"}", "missing_field", "user_id", "anonymous_id"),
                bad(event("user_id", "\"\""), "missing_field", "user_id", "send"),
                bad(event("name", "\"" + tooLong + "\""), "field_too_long", "name", "200"),
                bad(event("user_id", "\"" + tooLong + "\""), "field_too_long", "user_id", "200"),
                bad(event("anonymous_id", "\"" + tooLong + "\""), "field_too_long", "anonymous_id", "200"),
                bad(event("session_id", "\"" + tooLong + "\""), "field_too_long", "session_id", "200"),
                bad(event("name", "7"), "invalid_field", "name", "a string"),
                bad(event("user_id", "{}"), "invalid_field", "user_id", "a string"),
                bad(event("event_type", "1"), "invalid_field", "event_type", "a string"),
                bad(event("event_id", "\"17\""), "invalid_field", "event_id", "hexadecimal"),
                bad(event("event_id", "17"), "invalid_field", "event_id", "UUID"),
                bad(event("timestamp", "\"yesterday\""), "invalid_field", "timestamp", "RFC 3339"),
                bad(event("timestamp", "\"2026-02-30T00:00:00Z\""), "invalid_field", "timestamp", "RFC 3339"),
                bad(event("timestamp", "true"), "invalid_field", "timestamp", "RFC 3339"),
                bad(event("properties", "[]"), "invalid_field", "properties", "object"),
                bad(event("properties", "{\"a\":1,\"a\":2}"), "invalid_field", "properties", "twice"),
                bad("{\"batch\":7}", "invalid_field", "batch", "array"),
                bad(event("timestamp", "1"), "timestamp_out_of_range", "timestamp", "milliseconds"),
                bad(event("timestamp", "\"2001-01-01T00:00:00Z\""), "timestamp_out_of_range", "timestamp", "older"),
                bad(
                        event("timestamp", Long.toString(System.currentTimeMillis() + 900_000)),
                        "timestamp_out_of_range",
                        "timestamp",
                        "ahead"),
                bad(
                        event("properties", "{\"a\":\"" + "x".repeat(33_000) + "\"}"),
                        "event_too_large",
                        "properties",
                        "32768"));
    }

    private static Arguments bad(String body, String code, String... told) {
        return Arguments.of(body.length() > 60 ? body.substring(0, 60) : body, body, code, List.of(told));
    }

    private static String event(String field, String value) {
        String other = field.equals("event_type")
                ? "\"user_id\":\"u\""
                : field.equals("user_id")
                        ? "\"event_type\":\"page_view\""
                        : "\"event_type\":\"page_view\",\"user_id\":\"u\"";
        return "{\"%s\":%s,%s}".formatted(field, value, other);
    }

    @ParameterizedTest(name = "{2}: {0}")
    @MethodSource("badEvents")
    void badInputOfEveryKindGetsTheStatedReply(String shown, String body, String code, List<String> told)
            throws Exception {
        HttpResponse<String> reply = server.events(body, "Content-Type", JSON);

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(400);
        JsonNode json = ServerUnderTest.json(reply);
        assertThat(json.get("accepted").asInt()).isZero();
        assertThat(json.get("duplicates").asInt()).isZero();
        assertThat(json.get("rejected")).hasSize(1);
        JsonNode reject = json.get("rejected").get(0);
        assertThat(reject.get("index").asInt()).isZero();
        assertThat(reject.get("code").asText()).isEqualTo(code);
        assertThat(reject.get("message").asText()).contains(told).endsWith(".");
    }

    static Stream<Arguments> goodBodies() throws IOException {
        byte[] three = ("[" + VIEW + "," + VIEW + "," + VIEW + "]").getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                Arguments.of("an object", VIEW.getBytes(StandardCharsets.UTF_8), JSON, "identity", 1),
                Arguments.of("an array", three, JSON, "identity", 3),
                Arguments.of("a batch", utf8("{\"batch\":[" + VIEW + "," + VIEW + "]}"), JSON, "identity", 2),
                Arguments.of("lines", utf8(VIEW + "\n\r\n" + VIEW + "\n"), NDJSON, "identity", 2),
                Arguments.of("a charset", three, "application/json; charset=utf-8", "identity", 3),
                Arguments.of("what curl sends", three, "application/x-www-form-urlencoded", "identity", 3),
                Arguments.of("gzip", gzip(three), JSON, "gzip", 3),
                Arguments.of("zstd", Zstd.compress(three), JSON, "zstd", 3),
                Arguments.of("packed lines", gzip(utf8(VIEW + "\n" + VIEW)), NDJSON, "gzip", 2),
                Arguments.of(
                        "unknown and null fields",
                        utf8(
                                "{\"event_type\":\"page_view\",\"user_id\":null,\"anonymous_id\":\"a\",\"plan\":{\"a\":[1]}}"),
                        JSON,
                        "identity",
                        1));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodBodies")
    void everyShapeOfBodyIsTaken(String shown, byte[] body, String type, String encoding, int events) throws Exception {
        HttpResponse<String> reply = server.events(body, "Content-Type", type, "Content-Encoding", encoding);

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(202);
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(reply.body()).isEqualTo("{\"accepted\":" + events + ",\"duplicates\":0,\"rejected\":[]}");
    }

    @Test
    void validEventsOfABatchAreTakenAndTheOthersNamedByTheirIndex() throws Exception {
        JsonNode json = ServerUnderTest.json(
                server.events("[" + VIEW + ",{},7," + VIEW + "," + event("name", "1") + "]", "Content-Type", JSON));

        assertThat(json.get("accepted").asInt()).isEqualTo(2);
        assertThat(json.get("rejected"))
                .extracting(reject -> reject.get("index").asInt())
                .containsExactly(1, 2, 4);
        assertThat(json.get("rejected"))
                .extracting(reject -> reject.get("code").asText())
                .containsExactly("missing_field", "not_an_object", "invalid_field");
    }

    @Test
    void inLinesABrokenOneCostsOnlyItself() throws Exception {
        HttpResponse<String> reply = server.events(VIEW + "\n{\"event_type\n" + VIEW, "Content-Type", NDJSON);

        assertThat(reply.statusCode()).isEqualTo(202);
        JsonNode json = ServerUnderTest.json(reply);
        assertThat(json.get("accepted").asInt()).isEqualTo(2);
        assertThat(json.get("rejected").get(0).get("index").asInt()).isEqualTo(1);
    }

    @Test
    void repeatsCountAsDuplicatesInOneBodyInALaterOneAndAfterARestart() throws Exception {
        String one = withId(UUID.randomUUID());
        assertThat(server.events("[" + one + "," + one + "]").body())
                .isEqualTo("{\"accepted\":1,\"duplicates\":1,\"rejected\":[]}");
        HttpResponse<String> later = server.events(one);
        assertThat(later.statusCode()).isEqualTo(202);
        assertThat(later.body()).isEqualTo("{\"accepted\":0,\"duplicates\":1,\"rejected\":[]}");

        server.restart();

        assertThat(server.events("[" + one + "," + withId(UUID.randomUUID()) + "]")
                        .body())
                .isEqualTo("{\"accepted\":1,\"duplicates\":1,\"rejected\":[]}");
    }

    private static String withId(UUID id) {
        return "{\"event_type\":\"page_view\",\"user_id\":\"u\",\"event_id\":\"" + id + "\"}";
    }

    @Test
    void bothHeadersCarryTheKeyAndNoOtherKeyIsTaken() throws Exception {
        byte[] body = utf8(VIEW);
        assertThat(server.send("POST", "/v1/events", body, "X-Write-Key", ServerUnderTest.WRITE_KEY)
                        .statusCode())
                .isEqualTo(202);
        assertThat(server.send("POST", "/v1/events", body, "Authorization", "bearer " + ServerUnderTest.WRITE_KEY)
                        .statusCode())
                .isEqualTo(202);
        for (String[] headers : List.of(
                new String[] {},
                new String[] {"X-Write-Key", "another-key"},
                new String[] {"Authorization", "Bearer "},
                new String[] {"Authorization", "Basic " + ServerUnderTest.WRITE_KEY})) {
            HttpResponse<String> refused = server.send("POST", "/v1/events", body, headers);
            assertThat(refused.statusCode()).as(Arrays.toString(headers)).isEqualTo(401);
            assertThat(error(refused, "code")).isEqualTo("unauthorized");
            assertThat(error(refused, "message")).contains("Authorization: Bearer KEY", "X-Write-Key");
            assertThat(refused.body()).doesNotContain("another-key", ServerUnderTest.WRITE_KEY);
        }
    }

    private static String error(HttpResponse<String> reply, String field) throws IOException {
        return ServerUnderTest.json(reply).get("error").get(field).asText();
    }

    @Test
    void whatCannotBeReadIsRefusedByItsType() throws Exception {
        HttpResponse<String> type = server.events(VIEW, "Content-Type", "text/csv");
        assertThat(type.statusCode()).isEqualTo(415);
        assertThat(error(type, "message")).contains("application/json");
        HttpResponse<String> encoding = server.events(VIEW, "Content-Type", JSON, "Content-Encoding", "br");
        assertThat(encoding.statusCode()).isEqualTo(415);
        assertThat(error(encoding, "message")).contains("gzip");
    }

    @Test
    void packedBytesThatAreCutOrBrokenAreInvalid() throws Exception {
        byte[] packed = gzip(utf8(VIEW));
        for (byte[] broken : List.of(Arrays.copyOf(packed, packed.length - 9), utf8("no gzip at all"))) {
            HttpResponse<String> reply = server.events(broken, "Content-Type", JSON, "Content-Encoding", "gzip");
            assertThat(reply.statusCode()).isEqualTo(400);
            assertThat(reply.body()).contains("invalid_json", "Content-Encoding");
        }
    }

    @Test
    void bodiesOverTheLimitsAreRefusedAndTheirSenderReadsWhy() throws Exception {
        HttpResponse<String> large = server.events(new byte[(8 << 20) + 1], "Content-Type", JSON);
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(error(large, "code")).isEqualTo("body_too_large");
        assertThat(error(large, "message")).contains("8388608", "fewer events");

        byte[] bomb = gzip(new byte[(64 << 20) + 1]);
        HttpResponse<String> unpacked = server.events(bomb, "Content-Type", JSON, "Content-Encoding", "gzip");
        assertThat(unpacked.statusCode()).isEqualTo(413);
        assertThat(error(unpacked, "message")).contains("67108864", "unpacked");
    }

    @Test
    void aBodyOfUnknownLengthOverTheLimitIsRefusedAsSoonAsItPassesIt() throws Exception {
        try (RawHttp raw = new RawHttp(server.url())) {
            raw.send("POST /v1/events HTTP/1.1\r\nHost: h\r\nX-Write-Key: " + ServerUnderTest.WRITE_KEY
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 9; i++) {
                raw.send("100000\r\n").send(chunk).send("\r\n");
            }
            assertThat(raw.head()).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void manyDecompressionBombsAtOnceAreAllRefusedAndLeaveNothingBehind() throws Exception {
        byte[] bomb = Zstd.compress(new byte[256 << 20]);
        List<Integer> statuses = IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> status(bomb, "Content-Type", JSON, "Content-Encoding", "zstd"))
                .toList();

        assertThat(statuses).hasSize(12).containsOnly(413);
        awaitNoBodies();
        assertThat(server.events(VIEW).statusCode()).isEqualTo(202);
    }

    private static int status(byte[] body, String... headers) {
        try {
            return server.events(body, headers).statusCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void awaitNoBodies() throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (server.metric("freshet_http_body_bytes") > 0) {
            assertThat(System.nanoTime()).as("bodies are still held").isLessThan(deadlineNanos);
            Thread.onSpinWait();
        }
    }

    @Test
    void halfABodyHoldsNobodyElseUpAndIsForgottenWithItsConnection() throws Exception {
        String head = "POST /v1/events HTTP/1.1\r\nHost: h\r\nX-Write-Key: " + ServerUnderTest.WRITE_KEY
                + "\r\nContent-Length: " + VIEW.length() + "\r\n\r\n";
        double before = server.metric("freshet_ingest_accepted_total");
        try (RawHttp half = new RawHttp(server.url());
                RawHttp slow = new RawHttp(server.url())) {
            half.send(head + VIEW.substring(0, 10));
            slow.send(head + VIEW.substring(0, 7));
            assertThat(server.events(VIEW).statusCode()).isEqualTo(202);
            half.endSending();
            slow.send(VIEW.substring(7));
            assertThat(slow.head()).startsWith("HTTP/1.1 202 ");
        }
        awaitNoBodies();
        assertThat(server.metric("freshet_ingest_accepted_total")).isEqualTo(before + 2);
    }

    @Test
    void aSenderThatAsksBeforeItSendsIsToldToGoOnOrNotTo() throws Exception {
        String asks =
                "POST /v1/events HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nX-Write-Key: %s\r\nContent-Length: %d\r\n\r\n";
        try (RawHttp raw = new RawHttp(server.url())) {
            raw.send(asks.formatted(ServerUnderTest.WRITE_KEY, VIEW.length()));
            assertThat(raw.head()).startsWith("HTTP/1.1 100 ");
            raw.send(VIEW);
            assertThat(raw.head()).startsWith("HTTP/1.1 202 ");
        }
        try (RawHttp raw = new RawHttp(server.url())) {
            raw.send(asks.formatted("wrong", VIEW.length()));
            assertThat(raw.head()).startsWith("HTTP/1.1 401 ");
        }
        try (RawHttp raw = new RawHttp(server.url())) {
            raw.send(asks.formatted(ServerUnderTest.WRITE_KEY, 9 << 20));
            assertThat(raw.head()).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void onlyPostIsPossible() throws Exception {
        for (String method : List.of("GET", "PUT", "DELETE")) {
            HttpResponse<String> reply = server.send(method, "/v1/events", new byte[0]);
            assertThat(reply.statusCode()).isEqualTo(405);
            assertThat(reply.headers().firstValue("Allow"))
                    .hasValueSatisfying(allow -> assertThat(allow).contains("POST"));
            assertThat(error(reply, "code")).isEqualTo("method_not_allowed");
        }
    }

    @Test
    void theImporterLearnsWhichEventsAreStoredAndBadQuestionsAreRefused() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(server.events(withId(id)).statusCode()).isEqualTo(202);
        long now = System.currentTimeMillis();
        String question = "{\"from\":%d,\"to\":%d,\"ids\":[\"%s\",\"%s\"]}"
                .formatted(now - 3_600_000, now + 3_600_000, id, UUID.randomUUID());
        String[] key = {"X-Write-Key", ServerUnderTest.ADMIN_KEY};
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String expected = "{\"existing\":[\"" + id + "\"]}";
        while (!server.post("/v1/import/existing", question, key).body().equals(expected)) {
            assertThat(System.nanoTime()).as("the event is not stored").isLessThan(deadlineNanos);
        }

        for (String bad : List.of(
                "",
                "{}",
                "[]",
                "{\"from\":0,\"to\":1,\"ids\":[\"no uuid\"]}",
                "{\"from\":0,\"to\":99999999999999999999,\"ids\":[]}",
                "{\"from\":0,\"to\":9223372036854775807,\"ids\":[\"" + id + "\"]}")) {
            HttpResponse<String> reply = server.post("/v1/import/existing", bad, key);
            assertThat(reply.statusCode()).as(bad).isEqualTo(400);
            assertThat(error(reply, "message")).contains("ids");
        }
        assertThat(server.post("/v1/import/existing", question, "X-Write-Key", "wrong")
                        .statusCode())
                .isEqualTo(401);
        assertThat(server.post(
                                "/v1/import/existing",
                                question,
                                "X-Write-Key",
                                ServerUnderTest.ADMIN_KEY,
                                "X-Freshet-Team",
                                "no-such-team")
                        .statusCode())
                .isEqualTo(401);
    }
}
