package dev.freshet.sync;

import dev.freshet.functions.api.Caller;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.CompletionStage;

/**
 * The least that a socket layer has to be for official clients to work with the tier alone. {@code /restart} puts a new tier behind
 * it, which knows nothing of the old one: no row, and no key of its cursors.
 */
final class ExampleServer implements AutoCloseable {
    private static final String API = "/api/";

    private volatile SyncWorld world = new SyncWorld();
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    ExampleServer() {
        server = await(vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage());
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    private void handle(HttpServerRequest request) {
        if (request.path().startsWith(API) && request.path().endsWith("/sync")) {
            String version = request.path().split("/", -1)[2];
            var _ = request.toWebSocket().onSuccess(webSocket -> open(webSocket, ClientVersion.npm(version)));
            return;
        }
        Context context = Vertx.currentContext();
        if (request.path().equals("/restart")) {
            Thread _ = Thread.ofVirtual().start(() -> {
                world.close();
                world = new SyncWorld();
                context.runOnContext(event -> request.response().end());
            });
            return;
        }
        var _ = request.body()
                .onSuccess(body -> world.server
                        .post(request.path().substring(API.length()), body.toString(), Caller.anonymous())
                        .whenComplete((reply, failure) -> context.runOnContext(event -> {
                            var _ = request.response()
                                    .setStatusCode(reply.status())
                                    .end(reply.body());
                        })));
    }

    private void open(ServerWebSocket webSocket, ClientVersion client) {
        SyncSession session = world.server.open(new Transport(webSocket, vertx.getOrCreateContext()), client);
        webSocket.textMessageHandler(session::receive);
        webSocket.closeHandler(closed -> session.closed());
    }

    @Override
    public void close() {
        world.close();
        await(vertx.close().toCompletionStage());
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private record Transport(ServerWebSocket webSocket, Context context) implements SyncTransport {
        @Override
        public void send(String text, Runnable flushed) {
            context.runOnContext(event -> {
                var _ = webSocket.writeTextMessage(text).onComplete(done -> flushed.run());
            });
        }

        @Override
        public void close(int code, String reason) {
            context.runOnContext(event -> {
                var _ = webSocket.close((short) code, reason);
            });
        }
    }
}
