package dev.freshet.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.benchmarks.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePageIT {
    private static final String EMAIL = "owner@example.com";
    private static final String PASSWORD = "a long enough password";
    private static final String WRITE_KEY = "live-page-write-key";

    @TempDir
    private Path folder;

    @Test
    void anEventChangesTheNumberOnThePageWithoutAReload() throws IOException, InterruptedException {
        try (ServerProcess server = startServer(0)) {
            JsonNode seen = NodeScript.run("live-number.mjs", server.url().toString(), EMAIL, PASSWORD, WRITE_KEY);

            assertThat(seen.get("isSamePage").asBoolean()).isTrue();
            assertThat(seen.get("problems")).isEmpty();
        }
    }

    @Test
    void aRestartOfTheServerBlanksNothingAndNumbersMoveAgain() throws IOException, InterruptedException {
        int port = ServerProcess.freePort();
        ServerProcess server = startServer(port);
        try (NodeScript page =
                NodeScript.start("page-through-restart.mjs", server.url().toString(), EMAIL, PASSWORD, WRITE_KEY)) {
            page.awaitLine("stop");
            assertThat(server.stop()).isZero();
            page.awaitLine("start");
            server = startServer(port);
            JsonNode seen = page.result();

            // A start that takes long may add "offline", which is the truth then.
            assertThat(seen.get("phases"))
                    .extracting(JsonNode::asText)
                    .startsWith("live", "reconnecting")
                    .endsWith("live");
            assertThat(seen.get("blanks")).isEmpty();
            assertThat(seen.get("problems")).isEmpty();
        } finally {
            server.close();
        }
    }

    private ServerProcess startServer(int port) throws IOException, InterruptedException {
        return ServerProcess.start(
                Checkout.root(),
                List.of(
                        "serve",
                        "--port",
                        Integer.toString(port),
                        "--data-dir",
                        folder.resolve("data").toString()),
                Map.of(
                        "FRESHET_ADMIN_EMAIL", EMAIL,
                        "FRESHET_ADMIN_PASSWORD", PASSWORD,
                        "FRESHET_WRITE_KEY", WRITE_KEY));
    }
}
