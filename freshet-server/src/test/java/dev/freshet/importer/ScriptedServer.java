package dev.freshet.importer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPInputStream;

/**
 * An ingest endpoint on loopback that takes events once by their ids, and misbehaves as told, one fault a request,
 * before it behaves.
 */
final class ScriptedServer implements AutoCloseable {
    /** What happens to one request. */
    sealed interface Fault {}

    /** The answer is this, and nothing is taken. */
    record Answer(int status, Optional<String> retryAfter, String body) implements Fault {
        static Answer of(int status, String body) {
            return new Answer(status, Optional.empty(), body);
        }
    }

    /** The connection is cut, before or after the events are taken. */
    record Cut(boolean afterTaking) implements Fault {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Fault> faults = new LinkedBlockingQueue<>();
    private final List<String> takenIds = new ArrayList<>();
    private final List<String> attempts = new ArrayList<>();
    private final Set<String> authorizations = new TreeSet<>();

    ScriptedServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/events", this::handle);
        server.start();
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    void misbehave(Fault... next) {
        faults.addAll(List.of(next));
    }

    synchronized List<String> takenIds() {
        return List.copyOf(takenIds);
    }

    /** The bodies of all requests, unpacked. */
    synchronized List<String> attempts() {
        return List.copyOf(attempts);
    }

    synchronized Set<String> authorizations() {
        return Set.copyOf(authorizations);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body;
            try (GZIPInputStream unzipped = new GZIPInputStream(exchange.getRequestBody())) {
                body = new String(unzipped.readAllBytes(), StandardCharsets.UTF_8);
            }
            note(exchange, body);
            Fault fault = faults.poll();
            switch (fault) {
                case Answer(int status, Optional<String> retryAfter, String text) -> {
                    retryAfter.ifPresent(
                            seconds -> exchange.getResponseHeaders().set("Retry-After", seconds));
                    answer(exchange, status, text);
                }
                case Cut(boolean afterTaking) -> {
                    if (afterTaking) {
                        take(body);
                    }
                }
                case null -> answer(exchange, 202, take(body));
            }
        }
    }

    private synchronized void note(HttpExchange exchange, String body) {
        attempts.add(body);
        authorizations.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                + exchange.getRequestHeaders().getFirst(Credential.TEAM_HEADER) + " "
                + exchange.getRequestHeaders().getFirst("Content-Type"));
    }

    private synchronized String take(String body) throws IOException {
        int accepted = 0;
        int duplicates = 0;
        List<String> rejected = new ArrayList<>();
        List<String> lines = body.lines().toList();
        for (int index = 0; index < lines.size(); index++) {
            Map<?, ?> event = (Map<?, ?>) JsonValues.parse(lines.get(index));
            String id = String.valueOf(event.get("event_id"));
            if ("bad".equals(event.get("name"))) {
                rejected.add("{\"index\":" + index + ",\"code\":\"missing_field\",\"message\":\"No user.\"}");
            } else if (takenIds.contains(id)) {
                duplicates++;
            } else {
                takenIds.add(id);
                accepted++;
            }
        }
        return "{\"accepted\":" + accepted + ",\"duplicates\":" + duplicates + ",\"rejected\":["
                + String.join(",", rejected) + "]}";
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}
