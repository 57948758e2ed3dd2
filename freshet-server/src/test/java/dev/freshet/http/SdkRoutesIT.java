package dev.freshet.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.auth.WriteKeys;
import dev.freshet.documents.DocumentStore;
import dev.freshet.documents.Teams;
import dev.freshet.eventstore.TestClickHouse;
import dev.freshet.server.ServerUnderTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as SDKs send them, from the socket to the tables. */
final class SdkRoutesIT {
    private static final String KEY = ServerUnderTest.WRITE_KEY;
    private static final String SEGMENT_ACCEPTED = "{\"success\":true,\"status\":1}";
    private static final String POSTHOG_ACCEPTED = "{\"status\":1}";

    @TempDir
    private static Path folder;

    private static final Duration STORED_WITHIN = Duration.ofSeconds(60);

    private static final TestClickHouse clickHouse = new TestClickHouse();
    private static ServerUnderTest server;
    private static String otherTeam = "";
    private static String otherKey = "";

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        WriteKeys.Created other = keyOfAnotherTeam();
        otherKey = other.key();
        Path mapping = Files.writeString(folder.resolve("mapping.yaml"), """
                segment:
                  Plan Chosen: { type: conversion_step, name: plan }
                  Plan Left: { type: conversion_step, name: left }
                teams:
                  %s:
                    segment:
                      Plan Chosen: { type: error_occurred, name: other plan }
                    posthog:
                      $autocapture: { type: page_view, name: clicked }
                """.formatted(otherTeam));
        server = new ServerUnderTest(
                folder.resolve("data"),
                Map.of("FRESHET_MAPPING", mapping.toString(), "FRESHET_CLICKHOUSE_URL", clickHouse.url()));
    }

    /** A server makes its first team only: another one is put into its documents before it starts. */
    private static WriteKeys.Created keyOfAnotherTeam() {
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        try (DocumentStore store = DocumentStore.openEmbedded(folder.resolve("data/documents"), random)) {
            Teams teams = new Teams(store, clock);
            otherTeam = teams.create("Other").id();
            return WriteKeys.open(teams, random, clock).create(otherTeam, "SDKs");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The one text that a query gives, once it is the expected one; what it gave last, when it never is. */
    private static String eventually(String sql, String expected) throws InterruptedException {
        Instant deadline = Instant.now().plus(STORED_WITHIN);
        String found = clickHouse.text(sql);
        while (!found.equals(expected) && Instant.now().isBefore(deadline)) {
            Thread.sleep(50);
            found = clickHouse.text(sql);
        }
        return found;
    }

    private static byte[] gzip(String plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertAccepted(HttpResponse<String> response, String body) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body()).isEqualTo(body);
    }

    private static String names(String user) {
        return "SELECT arrayStringConcat(arraySort(groupArray(concat(toString(event_type), ':', name))), ' ') FROM events"
                + " WHERE user_id = '" + user + "'";
    }

    @Test
    void everySegmentRouteStoresItsMessage() throws Exception {
        String message = "{\"userId\":\"routes\",\"event\":\"%s\",\"name\":\"%s\",\"writeKey\":\"" + KEY + "\"}";
        for (String slash : List.of("", "/")) {
            assertAccepted(
                    server.post(
                            "/v1/batch" + slash,
                            "{\"batch\":[{\"type\":\"track\",\"userId\":\"routes\",\"event\":\"batch%s\"}]}"
                                    .formatted(slash),
                            "Authorization",
                            basic(KEY + ":")),
                    SEGMENT_ACCEPTED);
            assertAccepted(
                    server.post(
                            "/v1/import" + slash,
                            "{\"batch\":[{\"type\":\"track\",\"userId\":\"routes\",\"event\":\"import%s\"}],\"writeKey\":\"%s\"}"
                                    .formatted(slash, KEY)),
                    SEGMENT_ACCEPTED);
            for (String type : List.of("track", "page", "screen", "t", "p", "s")) {
                String name = type + slash;
                assertAccepted(
                        server.post("/v1/" + name, message.formatted(name, name), "Content-Type", "text/plain"),
                        SEGMENT_ACCEPTED);
            }
        }

        String expected = "feature_used:batch feature_used:batch/ feature_used:import feature_used:import/"
                + " feature_used:t feature_used:t/ feature_used:track feature_used:track/"
                + " page_view:p page_view:p/ page_view:page page_view:page/"
                + " page_view:s page_view:s/ page_view:screen page_view:screen/";
        assertThat(eventually(names("routes"), expected)).isEqualTo(expected);
    }

    @Test
    void everyPostHogRouteStoresItsEvent() throws Exception {
        String event = "{\"event\":\"%s\",\"distinct_id\":\"hog\",\"api_key\":\"" + KEY + "\"}";
        for (String path : List.of("/batch", "/e", "/i/v0/e", "/capture", "/track", "/engage")) {
            assertAccepted(server.post(path, event.formatted(path)), POSTHOG_ACCEPTED);
            assertAccepted(
                    server.post(path + "/", gzip(event.formatted(path + "/")), "Content-Type", "text/plain"),
                    POSTHOG_ACCEPTED);
        }
        String pixel = base64(
                "{\"event\":\"pixel\",\"properties\":{\"distinct_id\":\"hog\",\"token\":\"%s\"}}".formatted(KEY));
        assertAccepted(server.get("/e/?data=" + pixel), POSTHOG_ACCEPTED);
        assertAccepted(
                server.post(
                        "/e/?compression=base64",
                        "data="
                                + base64(
                                        "{\"event\":\"beacon\",\"properties\":{\"distinct_id\":\"hog\",\"token\":\"%s\"}}"
                                                .formatted(KEY)),
                        "Content-Type",
                        "application/x-www-form-urlencoded"),
                POSTHOG_ACCEPTED);

        String expected = "feature_used:/batch feature_used:/batch/ feature_used:/capture feature_used:/capture/"
                + " feature_used:/e feature_used:/e/ feature_used:/engage feature_used:/engage/"
                + " feature_used:/i/v0/e feature_used:/i/v0/e/ feature_used:/track feature_used:/track/"
                + " feature_used:beacon feature_used:pixel";
        assertThat(eventually(names("hog"), expected)).isEqualTo(expected);
    }

    private static String base64(String json) {
        return URLEncoder.encode(
                Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @Test
    void rudderStackNodesPackedFormThatIsNoneIsTaken() throws Exception {
        assertAccepted(
                server.post(
                        "/v1/batch",
                        gzip(
                                "{\"batch\":[{\"type\":\"track\",\"userId\":\"rudder\",\"event\":\"A\",\"channel\":\"server\"}]}"),
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        "Content-Encoding",
                        "gzip",
                        "Authorization",
                        basic(KEY)),
                SEGMENT_ACCEPTED);

        assertThat(eventually(names("rudder"), "feature_used:A")).isEqualTo("feature_used:A");
    }

    @Test
    void aMessageThatIsSentAgainElsewhereCountsOnce() throws Exception {
        String message =
                "{\"type\":\"track\",\"userId\":\"again\",\"event\":\"A\",\"messageId\":\"node-next-1\",\"writeKey\":\""
                        + KEY + "\"}";
        String uuid = "\"0195667c-7d3e-7c1e-8d5b-1f2a3b4c5d6e\"";
        assertAccepted(server.post("/v1/track", message), SEGMENT_ACCEPTED);
        assertAccepted(server.post("/v1/t", message), SEGMENT_ACCEPTED);
        assertAccepted(
                server.post("/v1/batch", "{\"batch\":[%s,%s],\"writeKey\":\"%s\"}".formatted(message, message, KEY)),
                SEGMENT_ACCEPTED);
        assertAccepted(
                server.post(
                        "/v1/track", message.replace("\"node-next-1\"", uuid).replace("\"A\"", "\"B\"")),
                SEGMENT_ACCEPTED);
        assertAccepted(
                server.post(
                        "/batch",
                        "{\"api_key\":\"%s\",\"batch\":[{\"uuid\":%s,\"event\":\"B\",\"distinct_id\":\"again\"}]}"
                                .formatted(KEY, uuid)),
                POSTHOG_ACCEPTED);
        assertThat(server.post(
                                "/v1/events",
                                "{\"event_id\":%s,\"event_type\":\"page_view\",\"user_id\":\"again\"}".formatted(uuid),
                                "X-Write-Key",
                                KEY)
                        .body())
                .contains("\"duplicates\":1");
        assertAccepted(server.post("/v1/track", message.replace("node-next-1", "end")), SEGMENT_ACCEPTED);

        String expected = "feature_used:A feature_used:A feature_used:B";
        assertThat(eventually(names("again"), expected)).isEqualTo(expected);
    }

    @Test
    void theMappingFileComesFirst() throws Exception {
        assertAccepted(
                server.post(
                        "/v1/track",
                        "{\"userId\":\"mapped\",\"event\":\"Plan Chosen\",\"writeKey\":\"%s\"}".formatted(KEY)),
                SEGMENT_ACCEPTED);

        assertThat(eventually(
                        "SELECT max(t) FROM (SELECT concat(toString(event_type), ':', name, ':',"
                                + " JSONExtractString(properties, '$mapped_by')) AS t FROM events"
                                + " WHERE user_id = 'mapped')",
                        "conversion_step:plan:table"))
                .isEqualTo("conversion_step:plan:table");
    }

    @Test
    void eachTeamsEventsAreMappedByItsOwnRulesFirst() throws Exception {
        for (String key : List.of(KEY, otherKey)) {
            for (String event : List.of("Plan Chosen", "Plan Left")) {
                assertAccepted(
                        server.post(
                                "/v1/track",
                                "{\"userId\":\"teams\",\"event\":\"%s\",\"writeKey\":\"%s\"}".formatted(event, key)),
                        SEGMENT_ACCEPTED);
            }
            assertAccepted(
                    server.post(
                            "/e/",
                            "{\"event\":\"$autocapture\",\"distinct_id\":\"teams\",\"api_key\":\"%s\"}".formatted(key)),
                    POSTHOG_ACCEPTED);
        }

        String ofOther = " AND team_id = '" + otherTeam + "'";
        String ofFirst = " AND team_id != '" + otherTeam + "'";
        assertThat(eventually(
                        names("teams") + ofOther, "conversion_step:left error_occurred:other plan page_view:clicked"))
                .isEqualTo("conversion_step:left error_occurred:other plan page_view:clicked");
        assertThat(eventually(names("teams") + ofFirst, "conversion_step:left conversion_step:plan"))
                .isEqualTo("conversion_step:left conversion_step:plan");
    }

    @Test
    void identifyBecomesAProfileAndNoEvent() throws Exception {
        assertAccepted(
                server.post(
                        "/v1/identify",
                        "{\"userId\":\"person\",\"traits\":{\"plan\":\"pro\"},\"writeKey\":\"%s\"}".formatted(KEY)),
                SEGMENT_ACCEPTED);
        assertAccepted(
                server.post(
                        "/e/",
                        "{\"event\":\"$set\",\"distinct_id\":\"person\",\"$set\":{\"city\":\"Graz\"},\"token\":\"%s\"}"
                                .formatted(KEY)),
                POSTHOG_ACCEPTED);

        String traits = "SELECT max(concat(JSONExtractString(traits, 'plan'), ' ', JSONExtractString(traits, 'city')))"
                + " FROM profiles FINAL WHERE user_id = 'person'";
        assertThat(eventually(traits, "pro Graz")).isEqualTo("pro Graz");
        assertThat(eventually(names("person"), "")).isEmpty();
    }

    @Test
    void aRefusedMessageIsKeptWithItsReason() throws Exception {
        assertAccepted(
                server.post(
                        "/v1/batch",
                        "{\"batch\":[{\"type\":\"track\",\"event\":\"nobody did it\"},{\"type\":\"track\",\"userId\":\"beside\","
                                + "\"event\":\"A\"}],\"writeKey\":\"" + KEY + "\"}"),
                SEGMENT_ACCEPTED);

        String expected = "segment missing_field userId or anonymousId is needed."
                + " {\"type\":\"track\",\"event\":\"nobody did it\"}";
        assertThat(eventually(
                        "SELECT max(concat(dialect, ' ', code, ' ', message, ' ', body)) FROM rejected_events"
                                + " WHERE body LIKE '%nobody did it%'",
                        expected))
                .isEqualTo(expected);
        assertThat(eventually(names("beside"), "feature_used:A")).isEqualTo("feature_used:A");
    }

    @Test
    void refusalsAreJsonWithTheStatusThatTheSdkUnderstands() throws Exception {
        String many =
                "{\"batch\":[" + "0,".repeat(10_000) + "0],\"api_key\":\"%s\",\"writeKey\":\"%s\"}".formatted(KEY, KEY);
        assertRefused(server.post("/v1/batch", "{\"batch\":[]}"), 401, "unauthorized");
        assertRefused(server.post("/batch", "{\"batch\":[],\"api_key\":\"phx_1\"}"), 401, "unauthorized");
        assertRefused(server.post("/v1/batch", "{\"batch\":[", "Authorization", basic(KEY)), 400, "invalid_request");
        assertRefused(server.post("/batch", "", "Authorization", basic(KEY)), 400, "invalid_request");
        assertRefused(server.post("/v1/batch", many), 400, "body_too_large");
        assertRefused(server.post("/batch", many), 413, "body_too_large");
        assertRefused(server.get("/e/"), 400, "invalid_request");
        assertRefused(server.get("/e/?data=%7B"), 400, "invalid_request");
    }

    @Test
    void aUrlWithBrokenEscapesCostsNoEvent() throws Exception {
        String json = "{\"event\":\"A\",\"distinct_id\":\"escapes\",\"api_key\":\"%s\"}".formatted(KEY);
        assertThat(server.raw("POST /e/?_=%zz&x=%c HTTP/1.1", json)).startsWith("HTTP/1.1 200 ");

        assertThat(eventually(names("escapes"), "feature_used:A")).isEqualTo("feature_used:A");
    }

    private static void assertRefused(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).startsWith("{\"error\":{\"code\":\"" + code + "\",\"message\":");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/batch",
                "/v1/import/",
                "/v1/t",
                "/v1/track",
                "/v1/b",
                "/v1/m",
                "/v1/projects/k/settings",
                "/batch/",
                "/e/",
                "/i/v0/e/",
                "/capture",
                "/flags/",
                "/decide",
                "/array/k/config",
                "/api/surveys",
                "/api/query",
                "/s/",
                "/v1/events"
            })
    void pagesOfAnyOriginMayCall(String path) throws Exception {
        HttpResponse<String> preflight = server.send(
                "OPTIONS",
                path,
                new byte[0],
                "Origin",
                "https://app.example",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization, x-retry-count, content-type");

        // Convex's own server lets pages ask for more under /api.
        String methods = path.startsWith("/api/") ? "GET, POST, OPTIONS, PATCH, DELETE, PUT" : "GET, POST, OPTIONS";
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().map())
                .containsEntry("access-control-allow-origin", List.of("https://app.example"))
                .containsEntry("access-control-allow-credentials", List.of("true"))
                .containsEntry("access-control-allow-headers", List.of("authorization, x-retry-count, content-type"))
                .containsEntry("access-control-allow-methods", List.of(methods))
                .containsEntry("access-control-max-age", List.of("86400"));
        HttpResponse<String> post = server.post(path, "{}", "Origin", "https://app.example");
        assertThat(post.headers().map())
                .containsEntry("access-control-allow-origin", List.of("https://app.example"))
                .containsEntry("access-control-expose-headers", List.of("Retry-After"));
    }

    @Test
    void whatBrowserSdksAskAtStartIsAnswered() throws Exception {
        String host = server.url().getAuthority();
        assertThat(server.get("/v1/projects/" + KEY + "/settings").body())
                .isEqualTo(
                        "{\"integrations\":{\"Segment.io\":{\"apiKey\":\"%s\",\"apiHost\":\"%s/v1\",\"protocol\":\"http\"}},\"metrics\":{\"sampleRate\":0}}"
                                .formatted(KEY, host));
        assertThat(server.get("/v1/projects/unknown/settings").statusCode()).isEqualTo(401);
        assertThat(server.get("/array/" + KEY + "/config").body())
                .startsWith(
                        "{\"token\":\"" + KEY + "\",\"supportedCompression\":[\"gzip-js\"],\"hasFeatureFlags\":false,");
        assertThat(server.get("/array/unknown/config").statusCode()).isEqualTo(401);
        assertThat(server.get("/array/" + KEY + "/config.js").statusCode()).isEqualTo(404);
        assertThat(server.get("/static/recorder.js").statusCode()).isEqualTo(404);
        assertThat(server.post("/flags/?v=2", "{}").body())
                .isEqualTo(
                        "{\"flags\":{},\"featureFlags\":{},\"featureFlagPayloads\":{},\"errorsWhileComputingFlags\":false}");
        assertThat(server.post("/decide/?v=3", "{}").body()).contains("featureFlags");
        assertAccepted(server.post("/s/", "anything"), POSTHOG_ACCEPTED);
        assertAccepted(server.post("/i/v1/logs", "anything"), POSTHOG_ACCEPTED);
        assertAccepted(server.post("/v1/m", "{\"series\":[]}"), SEGMENT_ACCEPTED);
        assertThat(server.get("/api/surveys/?token=" + KEY).body()).isEqualTo("{\"surveys\":[]}");
    }
}
