package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Below {@code /api/} whatever is not 2xx is {@code {code,message}} and nothing else, and pages may read it: Convex's clients need both. */
class ConvexRefusalsOverHttpIT {
    private static final String[] PAGE = {"Origin", "https://app.example"};
    private static final String LIST = "{\"path\":\"users:me\",\"args\":{}}";

    private ServerUnderTest server;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new ServerUnderTest(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return server.send(method, path, body.getBytes(StandardCharsets.UTF_8), PAGE);
    }

    private static void assertRefusal(HttpResponse<String> response, int status, String code) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode body = ServerUnderTest.json(response);
        assertThat(body.size()).as(response.body()).isEqualTo(2);
        assertThat(body.path("code").asText()).isEqualTo(code);
        assertThat(body.path("message").asText()).isNotEmpty();
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).contains("https://app.example");
    }

    @Test
    void eachRefusalHasTheOneShape() throws Exception {
        assertRefusal(ask("GET", "/api/nothing", ""), 404, "NotFound");
        assertRefusal(ask("POST", "//api/nothing", "{}"), 404, "NotFound");
        assertRefusal(ask("DELETE", "/api/query", ""), 405, "MethodNotAllowed");
        assertRefusal(ask("GET", "/api/mutation", ""), 405, "MethodNotAllowed");
        assertThat(server.raw("POST /api/run/a/%zz HTTP/1.1", "{}"))
                .contains("400 Bad Request", "{\"code\":", ",\"message\":");
        assertRefusal(ask("GET", "/api/query", ""), 400, "BadRequest");
        assertRefusal(ask("POST", "/api/query", "no JSON"), 400, "BadRequest");
        assertRefusal(ask("POST", "/api/query", "x".repeat((16 << 20) + 2_001)), 413, "RequestTooLarge");
        assertRefusal(
                server.post("/api/query", LIST, "Origin", "https://app.example", "Authorization", "Bearer x"),
                401,
                "Unauthenticated");
        assertThat(ServerUnderTest.json(ask("GET", "/v1/nothing", ""))
                        .at("/error/code")
                        .asText())
                .as("elsewhere")
                .isEqualTo("not_found");
    }

    @Test
    void soIsThatOfAServerThatStops() throws Exception {
        try (RawHttp held = new RawHttp(server.url())) {
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
            HttpResponse<String> stopping = ask("POST", "/api/query", LIST);
            while (stopping.statusCode() == 200) {
                stopping = ask("POST", "/api/query", LIST);
            }

            assertRefusal(stopping, 503, "Unavailable");
            assertThat(stopping.headers().firstValue("Retry-After")).isPresent();
            restart.get();
        }
    }

    @Test
    void convexsOwnToolsFindTheServersNameAndVersion() throws Exception {
        assertThat(server.get("/instance_name").body()).isEqualTo("freshet");
        assertThat(server.get("/instance_version").body())
                .isEqualTo(ServerUnderTest.json(server.get("/version"))
                        .path("version")
                        .asText());
    }
}
