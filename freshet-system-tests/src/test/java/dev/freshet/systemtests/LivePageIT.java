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
        try (ServerProcess server = ServerProcess.start(
                Checkout.root(),
                List.of(
                        "serve",
                        "--port",
                        "0",
                        "--data-dir",
                        folder.resolve("data").toString()),
                Map.of(
                        "FRESHET_ADMIN_EMAIL", EMAIL,
                        "FRESHET_ADMIN_PASSWORD", PASSWORD,
                        "FRESHET_WRITE_KEY", WRITE_KEY))) {
            JsonNode seen = NodeScript.run("live-number.mjs", server.url().toString(), EMAIL, PASSWORD, WRITE_KEY, "");

            assertThat(seen.get("isSamePage").asBoolean()).isTrue();
            assertThat(seen.get("total").asInt()).isEqualTo(4);
            assertThat(seen.get("errorRate").asDouble()).isEqualTo(0.25);
            assertThat(seen.get("problems")).isEmpty();
        }
    }
}
