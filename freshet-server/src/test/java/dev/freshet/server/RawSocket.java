package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A sync socket that says what it is told to and keeps what it hears. */
final class RawSocket implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final BlockingQueue<String> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final Map<Integer, JsonNode> results = new HashMap<>();
    private final List<Integer> changedQueries = new ArrayList<>();
    private int querySetVersion;
    private int identityVersion;

    RawSocket(URI server) {
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(server.toString().replace("http://", "ws://") + "/api/1.28.0/sync"), new Ear())
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .join();
        say("{'type':'Connect','sessionId':'%s','connectionCount':0,'lastCloseReason':null}", UUID.randomUUID());
    }

    private final class Ear implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
            text.append(part);
            if (isLast) {
                inbox.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
        }
    }

    /** @param message JSON with single quotes */
    void say(String message, Object... values) {
        socket.sendText(message.replace('\'', '"').formatted(values), true)
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** Sends a token and does not wait. */
    void authenticate(String token) {
        say("{'type':'Authenticate','baseVersion':%d,'tokenType':'User','value':'%s'}", identityVersion++, token);
    }

    void subscribe(int queryId, String path) {
        say(
                "{'type':'ModifyQuerySet','baseVersion':%d,'newVersion':%d,'modifications':[{'type':'Add','queryId':%d,"
                        + "'udfPath':'%s','args':[{}]}]}",
                querySetVersion, querySetVersion + 1, queryId, path);
        querySetVersion++;
    }

    /** @param arguments JSON with single quotes */
    void mutate(int requestId, String path, String arguments) {
        say(
                "{'type':'Mutation','requestId':%d,'udfPath':'%s','args':[%s]}",
                requestId, path, arguments.replace('\'', '"'));
    }

    /** The next message of this type; what Transitions before it say is kept. */
    JsonNode until(String type) throws IOException, InterruptedException {
        while (true) {
            String text = inbox.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(text).as("a message while waiting for %s", type).isNotNull();
            JsonNode message = JSON.readTree(text);
            for (JsonNode change : message.path("modifications")) {
                int queryId = change.get("queryId").asInt();
                results.put(queryId, change);
                changedQueries.add(queryId);
            }
            if (message.get("type").asText().equals(type)) {
                return message;
            }
            assertThat(message.get("type").asText()).as(text).isNotIn("FatalError", "AuthError");
        }
    }

    void until(BooleanSupplier condition) throws IOException, InterruptedException {
        while (!condition.getAsBoolean()) {
            until("Transition");
        }
    }

    void untilValue(int queryId, String field, String value) throws IOException, InterruptedException {
        until(() -> result(queryId).path("value").path(field).asText().equals(value));
    }

    void untilFailure(int queryId, String code) throws IOException, InterruptedException {
        until(() -> result(queryId).path("errorData").path("code").asText().equals(code));
    }

    /** What was last heard of a query; missing fields are missing nodes. */
    JsonNode result(int queryId) {
        return results.getOrDefault(queryId, JSON.createObjectNode());
    }

    /** The queries that Transitions gave results of, in order. */
    List<Integer> changedQueries() {
        return changedQueries;
    }

    int awaitClosed() {
        return closed.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
    }
}
