package dev.freshet.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.benchmarks.process.ClickHouseQueries;
import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private static final String ADMIN_KEY = "demo-admin-key";

    @TempDir
    private Path folder;

    @Test
    void theReplayMovesThePageAndTheHistoryHoldsEveryLineOnce() throws IOException, InterruptedException {
        Path data = folder.resolve("data");
        try (ServerProcess demo = startDemo(data, ServerProcess.freePort(), List.of("--rate", "100"))) {
            Path pictures = Files.createDirectories(Checkout.root().resolve("freshet-system-tests/target/pictures"));
            JsonNode seen = NodeScript.run(
                    "demo-moves.mjs",
                    demo.printedAfter("sign in ").orElseThrow(),
                    pictures.resolve("demo.png").toString());

            assertThat(seen.get("isSamePage").asBoolean()).isTrue();
            assertThat(seen.get("last").asInt()).isGreaterThan(seen.get("first").asInt() + 20);
            assertThat(seen.get("activeSessions").asInt()).isPositive();
            assertThat(seen.get("topPages").asInt()).isPositive();
            assertThat(seen.get("address").asText()).doesNotContain("token");
            assertThat(seen.get("problems")).isEmpty();
            assertThat(demo.stop()).isZero();
        }

        // A second demo on the same data imports again and changes nothing.
        int clickHousePort = ServerProcess.freePort();
        try (ServerProcess demo = startDemo(data, clickHousePort, List.of("--no-traffic"));
                HttpCalls http = new HttpCalls()) {
            ClickHouseQueries clickHouse = new ClickHouseQueries(http, clickHousePort, ADMIN_KEY);
            String imported = " FROM events WHERE JSONExtractInt(properties, '$pass') = 1 FORMAT TSV";
            assertThat(clickHouse.number("SELECT count()" + imported)).isEqualTo(10_000);
            assertThat(clickHouse.number("SELECT uniqExact(event_id)" + imported))
                    .isEqualTo(10_000);
            long stored = clickHouse.number("SELECT count() FROM events FORMAT TSV");
            for (String rollup : List.of("events_1m", "events_1h", "events_1d")) {
                assertThat(clickHouse.number("SELECT sum(event_count) FROM " + rollup + " FORMAT TSV"))
                        .as(rollup)
                        .isEqualTo(stored);
            }
            assertThat(demo.stop()).isZero();
        }
    }

    private static ServerProcess startDemo(Path data, int clickHousePort, List<String> flags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("demo", "--port", "0", "--data", data.toString()));
        command.addAll(flags);
        return ServerProcess.start(
                Checkout.root(),
                command,
                Map.of("FRESHET_ADMIN_KEY", ADMIN_KEY, "FRESHET_CLICKHOUSE_PORT", Integer.toString(clickHousePort)));
    }
}
