package dev.freshet.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A whole server in this process on a folder of its own, and calls to it. A process can have one at a time, unless its settings
 * name a ClickHouse server.
 */
public final class ServerUnderTest implements AutoCloseable {
    public static final String WRITE_KEY = "server-under-test-write-key";
    static final String ADMIN_KEY = "server-under-test-admin-key";
    static final String EMAIL = "owner@example.com";
    static final String PASSWORD = "a long enough password";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path data;
    private final Map<String, String> settings;
    private FreshetServer server;

    ServerUnderTest(Path data) throws InterruptedException {
        this(data, Map.of());
    }

    /** @param settings variables beside those that every server under test has */
    public ServerUnderTest(Path data, Map<String, String> settings) throws InterruptedException {
        this.data = data;
        this.settings = Map.copyOf(settings);
        this.server = FreshetServer.start(config(data, settings));
    }

    static ServerConfig config(Path data) {
        return config(data, Map.of());
    }

    private static ServerConfig config(Path data, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("FRESHET_WRITE_KEY", WRITE_KEY);
        environment.putIfAbsent("FRESHET_ADMIN_KEY", ADMIN_KEY);
        environment.put("FRESHET_ADMIN_EMAIL", EMAIL);
        environment.put("FRESHET_ADMIN_PASSWORD", PASSWORD);
        return ConfigReader.read(
                Map.of(Setting.PORT, "0", Setting.DATA_DIR, data.toString()),
                environment,
                data.resolve("no-such-file.yaml"));
    }

    void restart() throws InterruptedException {
        server.close();
        server = FreshetServer.start(config(data, settings));
    }

    public URI url() {
        return server.url();
    }

    FreshetServer server() {
        return server;
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, new byte[0]);
    }

    public HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    public HttpResponse<String> post(String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        return send("POST", path, body, headers);
    }

    /** Posts events with the write key. */
    HttpResponse<String> events(byte[] body, String... headers) throws IOException, InterruptedException {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + WRITE_KEY;
        return send("POST", "/v1/events", body, all);
    }

    HttpResponse<String> events(String body, String... headers) throws IOException, InterruptedException {
        return events(body.getBytes(StandardCharsets.UTF_8), headers);
    }

    public HttpResponse<String> send(String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .timeout(LIMIT)
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The answer to a request that no well-behaved client would send. */
    public String raw(String requestLine, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = requestLine + "\r\nHost: x\r\nConnection: close\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        try (Socket socket = new Socket(url().getHost(), url().getPort())) {
            socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(bytes);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** The value of one line of {@code /metrics}. */
    double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
    }
}
