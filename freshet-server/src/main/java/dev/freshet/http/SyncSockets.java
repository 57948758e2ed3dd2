package dev.freshet.http;

import dev.freshet.sync.ClientVersion;
import dev.freshet.sync.SyncServer;
import dev.freshet.sync.SyncSession;
import dev.freshet.sync.SyncTransport;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open sync sockets. Each belongs to one event loop; a session's texts go to it through that loop's queue, so that they
 * keep their order whichever thread sends them. Sockets are pinged, and dropped when nothing came from them for two minutes.
 */
final class SyncSockets implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SyncSockets.class);

    private static final long TICK_MS = 1_000;
    private static final int TICKS_A_PING = 5;
    private static final long SILENCE_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final int MOST_SOCKETS = 20_000;
    private static final long CLOSING_LIMIT_MS = 1_000;
    private static final short TRY_AGAIN_LATER = 1013;

    private final Vertx vertx;
    private final SyncServer sync;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final long timer;
    private int ticks;

    SyncSockets(Vertx vertx, SyncServer sync) {
        this.vertx = vertx;
        this.sync = sync;
        timer = vertx.setPeriodic(TICK_MS, id -> tick());
    }

    int count() {
        return sockets.size();
    }

    void accept(HttpServerRequest request, ClientVersion client) {
        request.toWebSocket()
                .onSuccess(webSocket -> open(webSocket, client))
                .onFailure(failure -> log.debug("no WebSocket came of a request", failure));
    }

    private void open(ServerWebSocket webSocket, ClientVersion client) {
        if (sockets.size() >= MOST_SOCKETS) {
            var _ = webSocket.close(TRY_AGAIN_LATER, "TooManyConcurrentRequests");
            return;
        }
        new Socket(webSocket, client, vertx.getOrCreateContext()).open();
    }

    private void tick() {
        ticks++;
        sync.tick();
        if (ticks % TICKS_A_PING == 0) {
            long nowNanos = System.nanoTime();
            sockets.forEach(socket -> socket.ping(nowNanos));
        }
    }

    /** Waits a little for the sockets to be closed, so that their clients learn why. */
    @Override
    public void close() {
        vertx.cancelTimer(timer);
        try {
            CompletableFuture.allOf(sockets.stream().map(socket -> socket.gone).toArray(CompletableFuture[]::new))
                    .get(CLOSING_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.info("some sockets did not close in time [open={}]", sockets.size());
        } catch (ExecutionException e) {
            log.warn("a socket failed while it was closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the rest is cut off with the event loops
        }
    }

    private final class Socket {
        private final ServerWebSocket webSocket;
        private final Context context;
        private final SyncSession session;
        private final CompletableFuture<Void> gone = new CompletableFuture<>();
        private volatile long heardNanos = System.nanoTime();

        Socket(ServerWebSocket webSocket, ClientVersion client, Context context) {
            this.webSocket = webSocket;
            this.context = context;
            session = sync.open(new Transport(webSocket, context), client);
        }

        void open() {
            sockets.add(this);
            webSocket.textMessageHandler(text -> {
                heardNanos = System.nanoTime();
                session.receive(text);
            });
            webSocket.pongHandler(pong -> heardNanos = System.nanoTime());
            webSocket.exceptionHandler(failure -> log.debug("a socket failed", failure));
            webSocket.closeHandler(closed -> {
                sockets.remove(this);
                session.closed();
                gone.complete(null);
            });
        }

        void ping(long nowNanos) {
            context.runOnContext(event -> {
                if (nowNanos - heardNanos > SILENCE_LIMIT_NANOS) {
                    var _ = webSocket.close(TRY_AGAIN_LATER, "silent for " + Duration.ofNanos(SILENCE_LIMIT_NANOS));
                } else if (!webSocket.isClosed()) {
                    var _ = webSocket.writePing(Buffer.buffer());
                }
            });
        }
    }

    private record Transport(ServerWebSocket webSocket, Context context) implements SyncTransport {
        @Override
        public void send(String text, Runnable flushed) {
            context.runOnContext(event -> {
                if (webSocket.isClosed()) {
                    flushed.run();
                } else {
                    var _ = webSocket.writeTextMessage(text).onComplete(done -> flushed.run());
                }
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
