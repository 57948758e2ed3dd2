package dev.freshet.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks whether a server is there. */
final class ServerPing {
    private ServerPing() {}

    static boolean isAlive(URI url, Duration limit) throws InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(limit).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/healthz"))
                    .timeout(limit)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // nobody listens there
        }
    }
}
