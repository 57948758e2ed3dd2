package dev.freshet.http;

import dev.freshet.eventstore.TestClickHouse;
import dev.freshet.server.ConfigReader;
import dev.freshet.server.FreshetServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A whole server over HTTP, with a database of its own in the test JVM's engine. */
final class ServerUnderTest implements AutoCloseable {
    static final String KEY = "fwk_under_test";

    private static final Duration STORED_WITHIN = Duration.ofSeconds(60);

    private final TestClickHouse clickHouse = new TestClickHouse();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FreshetServer server;

    ServerUnderTest(Path dataFolder, Map<String, String> settings) throws InterruptedException {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("FRESHET_PORT", "0");
        environment.put("FRESHET_DATA_DIR", dataFolder.toString());
        environment.put("FRESHET_CLICKHOUSE_URL", clickHouse.url());
        environment.put("FRESHET_WRITE_KEY", KEY);
        server = FreshetServer.start(ConfigReader.read(Map.of(), environment, dataFolder.resolve("none.yaml")));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path));
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    HttpResponse<String> post(String path, byte[] body, String... headers) {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The answer to a request that no well-behaved client would send. */
    String raw(String requestLine, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = requestLine + "\r\nHost: x\r\nConnection: close\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        try (Socket socket = new Socket(server.url().getHost(), server.url().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(bytes);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    URI url() {
        return server.url();
    }

    /** The one text that a query gives, once it is the expected one; what it gave last, when it never is. */
    String eventually(String sql, String expected) throws InterruptedException {
        Instant deadline = Instant.now().plus(STORED_WITHIN);
        String found = clickHouse.text(sql);
        while (!found.equals(expected) && Instant.now().isBefore(deadline)) {
            Thread.sleep(50);
            found = clickHouse.text(sql);
        }
        return found;
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
