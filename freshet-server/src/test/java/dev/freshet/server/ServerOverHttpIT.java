package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.http.HttpStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Health, metrics, sign-in and the web app of a whole server, and what its start refuses. */
class ServerOverHttpIT {
    private static final Pattern SAMPLE =
            Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[^}]*})? (NaN|[+-]?Inf|[-+0-9.eE]+)");

    @TempDir
    private static Path folder;

    private static final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private static ServerUnderTest server;

    @BeforeAll
    static void start() throws InterruptedException {
        logged.start();
        root().addAppender(logged);
        server = new ServerUnderTest(folder.resolve("data"));
    }

    @AfterAll
    static void stop() {
        server.close();
        root().detachAppender(logged);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void theServerSaysThatItLivesAndWhetherEachPartIsReady() throws Exception {
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        HttpResponse<String> ready = server.get("/readyz");
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        JsonNode parts = ServerUnderTest.json(ready).get("parts");
        List<String> all = List.of(
                "event_log",
                "ingest",
                "duplicates",
                "event_store",
                "drain",
                "canary",
                "documents",
                "profiles",
                "live_metrics");
        assertThat(parts.fieldNames()).toIterable().containsExactlyElementsOf(all);
        for (String part : all) {
            assertThat(parts.get(part).get("ready").asBoolean()).as(part).isTrue();
            assertThat(parts.get(part).get("detail").asText()).as(part).isNotBlank();
        }
        assertThat(parts.at("/drain/detail").asText()).isEqualTo("moving");
        assertThat(parts.at("/canary/detail").asText()).containsAnyOf("none arrived in", "the last that arrived");
        assertThat(parts.at("/profiles/detail").asText()).startsWith("up to position ");
        JsonNode version = ServerUnderTest.json(server.get("/version"));
        assertThat(version.get("name").asText()).isEqualTo("freshet");
        assertThat(version.get("clickhouse").asText()).matches("\\d+\\..*");
    }

    @Test
    void metricsAreInTheFormOfPrometheusAndTellOfEveryStage() throws Exception {
        HttpResponse<String> metrics = server.get("/metrics");

        assertThat(metrics.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        List<String> samples = metrics.body()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .toList();
        assertThat(samples).allMatch(line -> SAMPLE.matcher(line).matches());
        for (String name : List.of(
                "freshet_ingest_accepted_total",
                "freshet_ingest_rejected_total{code=\"missing_field\"}",
                "freshet_log_durable_position",
                "freshet_store_backlog_events",
                "freshet_store_inserts_total",
                "freshet_live_metrics",
                "freshet_sync_sockets",
                "freshet_http_body_bytes",
                "jvm_memory_used_bytes")) {
            assertThat(samples).as(name).anyMatch(line -> line.startsWith(name));
        }
    }

    @Test
    void theWebAppIsServedWithAStrictPolicyAndItsAssetsAreKeptForEver() throws Exception {
        HttpResponse<String> page = server.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
        String authority = server.url().getAuthority();
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'self';", "connect-src 'self' ws://" + authority, "object-src 'none'")
                        .doesNotContain("unsafe", "*", "ws: ", "http:"));
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");

        Matcher script = Pattern.compile("src=\"(/assets/[^\"]+)\"").matcher(page.body());
        assertThat(script.find()).isTrue();
        HttpResponse<String> asset = server.get(script.group(1));
        assertThat(asset.statusCode()).isEqualTo(200);
        assertThat(asset.headers().firstValue("Cache-Control")).contains("public, max-age=31536000, immutable");
        assertThat(asset.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).contains("javascript"));
    }

    @Test
    void whatIsNotThereIsNotFoundInJsonAndNotKeptByCaches() throws Exception {
        for (String path : List.of("/nowhere", "/assets/nothing.js", "/v1/nothing", "/../../etc/passwd", "/%2e%2e/x")) {
            HttpResponse<String> reply = server.get(path);
            assertThat(reply.statusCode()).as(path).isEqualTo(404);
            assertThat(ServerUnderTest.json(reply).get("error").get("code").asText())
                    .isEqualTo("not_found");
            assertThat(reply.headers().firstValue("Cache-Control")).as(path).contains("no-store");
        }
        assertThat(server.post("/nowhere", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void headIsAnsweredAsGetAndAnotherMethodIsToldWhichThereAre() throws Exception {
        for (String path : List.of("/", "/healthz", "/readyz", "/version", "/metrics")) {
            HttpResponse<String> head = server.send("HEAD", path, new byte[0]);
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            assertThat(head.body()).isEmpty();
        }
        HttpResponse<String> wrong = server.post("/healthz", "");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(server.get("/auth/login").statusCode()).isEqualTo(405);
        assertThat(server.get("/auth/login").headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void aMemberSignsInCallsAFunctionRefreshesAndSignsOut() throws Exception {
        HttpResponse<String> login = login(ServerUnderTest.EMAIL, ServerUnderTest.PASSWORD);
        assertThat(login.statusCode()).as(login.body()).isEqualTo(200);
        assertThat(login.headers().firstValue("Cache-Control")).contains("no-store");
        JsonNode json = ServerUnderTest.json(login);
        assertThat(json.get("expiresAt").asLong()).isGreaterThan(System.currentTimeMillis());
        String token = json.get("token").asText();

        HttpResponse<String> me = me("Bearer " + token);
        assertThat(me.statusCode()).as(me.body()).isEqualTo(200);
        assertThat(me.body()).contains("success").doesNotContain("argon2", "assword");
        assertThat(me("Bearer " + token + "x").statusCode()).isEqualTo(401);

        HttpResponse<String> refreshed = server.post("/auth/refresh", "", "Authorization", "Bearer " + token);
        assertThat(refreshed.statusCode()).isEqualTo(200);
        String fresh = ServerUnderTest.json(refreshed).get("token").asText();
        assertThat(server.post("/auth/logout", "", "Authorization", "Bearer " + fresh)
                        .statusCode())
                .isEqualTo(204);
        assertThat(server.post("/auth/refresh", "", "Authorization", "Bearer " + fresh)
                        .statusCode())
                .isEqualTo(401);
        assertThat(me("Bearer " + fresh).statusCode()).isEqualTo(401);
        assertThat(server.post("/auth/refresh", "").statusCode()).isEqualTo(401);
        assertThat(server.post("/auth/logout", "").statusCode()).isEqualTo(401);
    }

    private static HttpResponse<String> login(String email, String password) throws IOException, InterruptedException {
        return server.post(
                "/auth/login",
                "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password),
                "Content-Type",
                "application/json");
    }

    private static HttpResponse<String> me(String authorization) throws IOException, InterruptedException {
        return server.post(
                "/api/query",
                "{\"path\":\"users:me\",\"args\":{},\"format\":\"json\"}",
                "Authorization",
                authorization,
                "Content-Type",
                "application/json");
    }

    @Test
    void wrongPasswordsAreRefusedWithoutSayingWhatIsWrongAndThenSlowedDown() throws Exception {
        String unknown = login("nobody@example.com", "a wrong password").body();
        HttpResponse<String> refused = login("stranger@example.com", "a wrong password");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).isEqualTo(unknown).doesNotContain("stranger");

        HttpResponse<String> last = refused;
        for (int i = 0; i < 10 && last.statusCode() == 401; i++) {
            last = login("stranger@example.com", "a wrong password");
        }
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.headers().firstValue("Retry-After"))
                .hasValueSatisfying(after -> assertThat(Integer.parseInt(after)).isPositive());
        for (String bad : List.of("", "{}", "[]", "{\"email\":1,\"password\":\"x\"}", "{\"email\":\"a@b.c\"}", "{")) {
            HttpResponse<String> reply = server.post("/auth/login", bad);
            assertThat(reply.statusCode()).as(bad).isEqualTo(400);
            assertThat(reply.body()).contains("email", "password");
        }
        assertThat(server.post("/auth/login", "x".repeat(20_000)).statusCode()).isEqualTo(413);
        assertThat(server.metric("freshet_http_body_bytes")).isZero();
    }

    @Test
    void discoveryAndKeysLetOthersVerifyTokens() throws Exception {
        JsonNode discovery = ServerUnderTest.json(server.get("/.well-known/openid-configuration"));
        assertThat(discovery.get("issuer").asText()).isEqualTo(server.url().toString());
        assertThat(discovery.get("jwks_uri").asText()).isEqualTo(server.url() + "/.well-known/jwks.json");
        JsonNode keys =
                ServerUnderTest.json(server.get("/.well-known/jwks.json")).get("keys");
        assertThat(keys).isNotEmpty();
        assertThat(keys)
                .allSatisfy(key -> assertThat(key.has("d")).as("private part").isFalse());
    }

    @Test
    void noSecretIsInTheFolderOrInTheLog() throws Exception {
        assertThat(login(ServerUnderTest.EMAIL, ServerUnderTest.PASSWORD).statusCode())
                .isEqualTo(200);
        assertThat(server.events("{}").statusCode()).isEqualTo(400);
        List<String> secrets = List.of(ServerUnderTest.WRITE_KEY, ServerUnderTest.ADMIN_KEY, ServerUnderTest.PASSWORD);
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(secrets).as(file.toString()).noneMatch(content::contains);
            }
        }
        assertThat(List.copyOf(logged.list))
                .isNotEmpty()
                .noneMatch(event -> secrets.stream().anyMatch(event.getFormattedMessage()::contains))
                .noneMatch(event -> event.getFormattedMessage().contains("not yet implemented"));
    }

    @Test
    void aSecondServerOnTheSameFolderIsRefusedAndDisturbsNothing() throws Exception {
        assertThatThrownBy(() -> FreshetServer.start(ServerUnderTest.config(folder.resolve("data"))))
                .hasMessageContaining("in use")
                .hasMessageContaining("data folder");

        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(DataFolder.announcedUrl(folder.resolve("data"))).contains(server.url());
    }

    @Test
    void aPortThatIsTakenIsNamedAndWhatHadStartedIsStopped() throws Exception {
        server.server().close();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerConfig config = ConfigReader.read(
                    Map.of(
                            Setting.PORT,
                            Integer.toString(taken.getLocalPort()),
                            Setting.DATA_DIR,
                            folder.resolve("data").toString()),
                    Map.of(),
                    folder.resolve("none.yaml"));
            assertThatThrownBy(() -> FreshetServer.start(config))
                    .isInstanceOf(HttpStartException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("--port");
        } finally {
            server.restart();
        }
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    }
}
