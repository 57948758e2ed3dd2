package dev.freshet.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.freshet.benchmarks.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official JavaScript client, unmodified, against the product; what concerns mutations is tested on the tier alone. */
class OfficialClientIT {
    private static final String EMAIL = "owner@example.com";
    private static final String PASSWORD = "a long enough password";
    private static final String WRITE_KEY = "official-client-write-key";

    private static int exitCode = -1;
    private static JsonNode report = MissingNode.getInstance();

    @BeforeAll
    static void runScript(@TempDir Path folder) throws IOException, InterruptedException {
        String data = folder.resolve("data").toString();
        ServerProcess killed = start(data, "0");
        try (NodeScript script =
                NodeScript.start("client-on-product.mjs", killed.url().toString(), EMAIL, PASSWORD, WRITE_KEY)) {
            script.awaitLine("kill the server");
            killed.kill();
            try (ServerProcess server =
                    start(data, Integer.toString(killed.url().getPort()))) {
                report = script.result();
                exitCode = server.stop();
            }
        } finally {
            killed.close();
        }
    }

    private static ServerProcess start(String data, String port) throws IOException, InterruptedException {
        return ServerProcess.start(
                Checkout.root(),
                List.of("serve", "--port", port, "--data-dir", data),
                Map.of(
                        "FRESHET_ADMIN_EMAIL", EMAIL,
                        "FRESHET_ADMIN_PASSWORD", PASSWORD,
                        "FRESHET_WRITE_KEY", WRITE_KEY));
    }

    @Test
    void aGoodTokenSignsIn() throws IOException {
        assertThat(report.get("good")).isEqualTo(json("{'changes':[true],'email':'owner@example.com'}"));
    }

    @Test
    void aBadTokenLeavesTheClientSignedOut() throws IOException {
        assertThat(report.get("bad")).isEqualTo(json("{'changes':[false],'error':'unauthenticated'}"));
    }

    @Test
    void anExpiredTokenIsExchanged() throws IOException {
        assertThat(report.get("expired")).isEqualTo(json("{'changes':[true],'email':'owner@example.com'}"));
    }

    @Test
    void theHttpApiAnswersTheOfficialClient() {
        JsonNode http = report.get("http");

        assertThat(http.get("me").asText()).isEqualTo(EMAIL);
        assertThat(http.get("total").asInt()).isEqualTo(3);
        assertThat(http.get("anonymous").asText()).isEqualTo("unauthenticated");
        assertThat(http.get("invalid").asText()).isEqualTo("invalid_argument");
        assertThat(http.get("unknown").asText()).contains("Could not find public function for 'metrics:dead'");
    }

    @Test
    void theRestOfTheHttpApiIsThere() throws IOException {
        JsonNode http = report.get("http");

        assertThat(http.at("/badToken/status").asInt()).isEqualTo(401);
        assertThat(http.at("/badToken/body").fieldNames()).toIterable().containsExactly("code", "message");
        assertThat(http.at("/badBody/status").asInt()).isEqualTo(400);
        assertThat(http.at("/byGet/value/email").asText()).isEqualTo(EMAIL);
        assertThat(http.at("/byRun/value/email").asText()).isEqualTo(EMAIL);
        assertThat(http.get("debugEvent").asInt()).isEqualTo(200);
        assertThat(http.get("doubleSlash").asInt()).isEqualTo(200);
        assertThat(http.get("notASocket").asInt()).isBetween(400, 499);
        assertThat(report.get("preflight"))
                .isEqualTo(json("{'status':204,'origin':'https://example.com',"
                        + "'headers':'authorization,content-type','credentials':'true','maxAge':'86400'}"));
    }

    @Test
    void clientsGoOnByThemselvesWhenTheServerWasKilledAndComesBack() {
        JsonNode restart = report.get("restart");

        assertThat(restart.get("connections")).allMatch(count -> count.asInt() == 2);
        assertThat(restart.get("errors")).isEmpty();
        for (JsonNode totals : restart.get("totals")) {
            // Never back in time, and nothing lost.
            assertThat(totals).extracting(JsonNode::asInt).isSorted().contains(4, 6, 10);
        }
        assertThat(exitCode).isZero();
    }

    @Test
    void eventsAndDeadLettersComeIntoOpenSubscriptions() throws IOException {
        assertThat(report.get("arrivals"))
                .isEqualTo(json("{'status':202,'before':0,'newest':['just now','/pricing'],'letter':"
                        + "[['native','unknown_event_type','{\\\"event_type\\\":\\\"click\\\",\\\"user_id\\\":\\\"ada\\\"}']],"
                        + "'errors':[]}"));
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }
}
