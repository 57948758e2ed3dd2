package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bit of the event log that flips after it was synced, as the operator meets it. */
class LogDamageIT {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    private Path folder;

    @Test
    void isRefusedAndSetAsideWhenToldAndNothingThatClickHouseHasIsLost() throws Exception {
        try (ServerUnderTest server = server(Map.of())) {
            for (int request = 0; request < 5; request++) {
                assertThat(server.events("{\"event_type\":\"page_view\",\"user_id\":\"u\",\"name\":\"before\"}")
                                .statusCode())
                        .isEqualTo(202);
            }
            awaitEvents(server, 5);
        }
        Path segment = segments().getLast();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[80] ^= 1;
        Files.write(segment, bytes);

        assertThatThrownBy(() -> server(Map.of()).close())
                .hasMessageContaining(segment.getFileName().toString())
                .hasMessageContaining("FRESHET_LOG_DAMAGE=set-aside");
        assertThat(Files.readAllBytes(segment)).as("a refusal changes nothing").isEqualTo(bytes);

        try (ServerUnderTest server = server(Map.of(Setting.LOG_DAMAGE.variable(), "set-aside"))) {
            assertThat(server.events("{\"event_type\":\"page_view\",\"user_id\":\"u\",\"name\":\"after\"}")
                            .statusCode())
                    .isEqualTo(202);
            awaitEvents(server, 6);
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        }
        assertThat(Files.readAllBytes(segment.resolveSibling(segment.getFileName() + ".damaged")))
                .isEqualTo(bytes);

        try (ServerUnderTest server = server(Map.of())) {
            awaitEvents(server, 6);
        }
    }

    private ServerUnderTest server(Map<String, String> settings) throws InterruptedException {
        Map<String, String> all = new HashMap<>(settings);
        all.put(Setting.CLICKHOUSE_PORT.variable(), "0");
        return new ServerUnderTest(folder, all);
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("log"))) {
            return files.filter(file -> file.toFile().length() > 100).sorted().toList();
        }
    }

    private static void awaitEvents(ServerUnderTest server, int wanted) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        String count = count(server);
        while (!count.equals(Integer.toString(wanted)) && System.nanoTime() - deadlineNs < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
            count = count(server);
        }
        assertThat(count).isEqualTo(Integer.toString(wanted));
    }

    private static String count(ServerUnderTest server) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + server.server().clickHousePort().orElseThrow() + "/"))
                .header("X-ClickHouse-Key", ServerUnderTest.ADMIN_KEY)
                .POST(HttpRequest.BodyPublishers.ofString("SELECT count() FROM events FORMAT TSV"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> reply = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            return reply.body().strip();
        }
    }
}
