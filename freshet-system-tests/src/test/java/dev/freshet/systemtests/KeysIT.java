package dev.freshet.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.benchmarks.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./freshet keys} as people run it: on the data folder, and beside the server that holds it. */
class KeysIT {
    private static final Map<String, String> ADMIN = Map.of("FRESHET_ADMIN_KEY", "keys-it-admin-key");

    @TempDir
    private Path folder;

    @Test
    void keysAreMadeAndEndedWithAndWithoutAServer() throws IOException, InterruptedException {
        String data = folder.resolve("data").toString();
        LauncherRun made = LauncherRun.of(ADMIN, "keys", "create", "made on the folder", "--data-dir", data);
        assertThat(made.exitCode()).as(made.toString()).isZero();
        String key = made.printed().getLast().split(" ")[2];
        String keyId = made.printedAfter("key id ");
        assertThat(made.printed().getLast()).endsWith("(shown only now)");

        try (ServerProcess server =
                ServerProcess.start(Checkout.root(), List.of("serve", "--port", "0", "--data-dir", data), ADMIN)) {
            assertThat(post(server.url(), key)).isEqualTo(202);
            LauncherRun second = LauncherRun.of(ADMIN, "keys", "create", "made beside", "--data-dir", data);
            assertThat(second.exitCode()).as(second.toString()).isZero();
            String secondKey = second.printedAfter("write key ").split(" ")[0];
            assertThat(post(server.url(), secondKey)).isEqualTo(202);

            LauncherRun listed =
                    LauncherRun.of(ADMIN, "keys", "--url", server.url().toString());
            assertThat(listed.printed())
                    .anyMatch(line -> line.startsWith(keyId) && line.endsWith("made on the folder"))
                    .anyMatch(line -> line.endsWith("made beside"))
                    .noneMatch(line -> line.contains(key) || line.contains(secondKey));

            LauncherRun revoked = LauncherRun.of(ADMIN, "keys", "revoke", keyId, "--data-dir", data);
            assertThat(revoked.exitCode()).as(revoked.toString()).isZero();
            assertThat(post(server.url(), key)).isEqualTo(401);
            assertThat(post(server.url(), secondKey)).isEqualTo(202);

            LauncherRun again = LauncherRun.of(ADMIN, "keys", "revoke", keyId, "--data-dir", data);
            assertThat(again.exitCode()).isEqualTo(1);
            assertThat(again.printed()).singleElement().asString().contains("no write key", keyId);
            LauncherRun without = LauncherRun.of(Map.of(), "keys", "--data-dir", data);
            assertThat(without.exitCode()).isEqualTo(1);
            assertThat(without.printed()).singleElement().asString().contains("FRESHET_ADMIN_KEY");
            assertThat(server.stop()).isZero();
        }
        LauncherRun after = LauncherRun.of(ADMIN, "keys", "--data-dir", data);
        assertThat(after.printed()).hasSize(3).noneMatch(line -> line.contains(keyId));
    }

    private static int post(URI url, String key) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/events"))
                    .header("Authorization", "Bearer " + key)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"event_type\":\"page_view\",\"user_id\":\"u\"}"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }
}
