package dev.freshet.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A whole server in a process of its own, with the memory that the launcher gives it: it ends where that is not enough. */
final class ServerProcessUnderTest implements AutoCloseable {
    private static final String READY = "ready ";
    private static final String CLICKHOUSE = "clickhouse ";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process process;
    private final URI url;
    private final URI clickHouse;

    ServerProcessUnderTest(Path data) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseG1GC",
                        "-Xmx768m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dchdb.native.directory=" + System.getProperty("chdb.native.directory"),
                        "-Dfreshet.root=" + System.getProperty("freshet.root"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "dev.freshet.cli.Main",
                        "serve")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(Map.of(
                        "FRESHET_PORT", "0",
                        "FRESHET_DATA_DIR", data.toString(),
                        "FRESHET_CLICKHOUSE_PORT", "0",
                        "FRESHET_WRITE_KEY", ServerUnderTest.WRITE_KEY,
                        "FRESHET_ADMIN_KEY", ServerUnderTest.ADMIN_KEY,
                        "FRESHET_ADMIN_EMAIL", ServerUnderTest.EMAIL,
                        "FRESHET_ADMIN_PASSWORD", ServerUnderTest.PASSWORD));
        process = builder.start();
        List<String> printed = new ArrayList<>();
        BufferedReader lines = process.inputReader();
        String line = lines.readLine();
        while (line != null && !line.startsWith(READY)) {
            printed.add(line);
            line = lines.readLine();
        }
        if (line == null) {
            throw new AssertionError("the server did not start: " + printed);
        }
        url = URI.create(line.substring(READY.length()));
        clickHouse = printed.stream()
                .filter(each -> each.startsWith(CLICKHOUSE))
                .map(each -> URI.create(each.substring(CLICKHOUSE.length())))
                .findFirst()
                .orElseThrow();
        Thread.ofVirtual().start(() -> lines.lines().forEach(System.out::println));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    HttpResponse<String> post(String path, byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url.resolve(path)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What ClickHouse answers to a query of one value. */
    String query(String sql) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(clickHouse + "/?query=" + URLEncoder.encode(sql, StandardCharsets.UTF_8)))
                .header("X-ClickHouse-User", "default")
                .header("X-ClickHouse-Key", ServerUnderTest.ADMIN_KEY)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body().strip();
    }

    @Override
    public void close() {
        client.shutdownNow();
        process.destroy();
        process.onExit()
                .orTimeout(15, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
