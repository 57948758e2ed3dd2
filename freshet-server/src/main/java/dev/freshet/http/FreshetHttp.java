package dev.freshet.http;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of the one HTTP port, on as many event loops as the machine has processors. */
public final class FreshetHttp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FreshetHttp.class);

    private static final int MOST_MESSAGE_BYTES = 32 << 20;
    private static final int IDLE_SECONDS = 300;

    /** Several servers that ask for this port share one that is free. */
    private static final int SHARED_FREE_PORT = -1;

    private final Vertx vertx;
    private final HttpParts parts;
    private final SyncSockets sockets;
    private final BlockingCalls blocking;
    private final AtomicInteger actualPort = new AtomicInteger();

    public FreshetHttp(Vertx vertx, HttpParts parts) {
        this.vertx = vertx;
        this.parts = parts;
        sockets = new SyncSockets(vertx, parts.sync());
        blocking = new BlockingCalls();
    }

    /**
     * Starts listening.
     *
     * @param port 0 takes a free one
     * @return the port
     * @throws HttpStartException when the address cannot be had
     */
    public int listen(String host, int port) {
        try {
            vertx.deployVerticle(
                            () -> new Loop(host, port == 0 ? SHARED_FREE_PORT : port),
                            new DeploymentOptions()
                                    .setInstances(Runtime.getRuntime().availableProcessors()))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new HttpStartException(
                    "cannot listen on %s:%d (%s): choose another by FRESHET_PORT or --port"
                            .formatted(host, port, String.valueOf(e.getCause())),
                    e);
        }
        return actualPort.get();
    }

    /** The sync sockets that are open now. */
    public int openSockets() {
        return sockets.count();
    }

    /** No socket is accepted any more; those that are open are told to come back elsewhere. */
    @Override
    public void close() {
        parts.sync().close();
        sockets.close();
        blocking.close();
    }

    private final class Loop extends AbstractVerticle {
        private final String host;
        private final int port;

        Loop(String host, int port) {
            this.host = host;
            this.port = port;
        }

        @Override
        public void start(Promise<Void> started) {
            IngestRoutes ingest = new IngestRoutes(
                    vertx, parts.writeKeys(), parts.adminTeams(), parts.decoder(), parts.ingest(), parts.clock());
            Router router = router();
            HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                            .setCompressionSupported(true)
                            .setMaxWebSocketFrameSize(MOST_MESSAGE_BYTES)
                            .setMaxWebSocketMessageSize(MOST_MESSAGE_BYTES)
                            // A compressor is a quarter of a megabyte a socket, outside the heap.
                            .setPerMessageWebSocketCompressionSupported(false)
                            .setIdleTimeout(IDLE_SECONDS)
                            .setTcpNoDelay(true))
                    .exceptionHandler(failure -> log.debug("a connection failed", failure))
                    .requestHandler(request -> route(request, ingest, router));
            server.listen(port, host)
                    .onSuccess(listening -> {
                        actualPort.set(listening.actualPort());
                        started.complete();
                    })
                    .onFailure(started::fail);
        }
    }

    private static void route(HttpServerRequest request, IngestRoutes ingest, Router router) {
        if (IngestRoutes.PATH.equals(request.path())) {
            ingest.handle(request);
        } else {
            router.handle(request);
        }
    }

    private Router router() {
        Router router = Router.router(vertx);
        List<Routes> all = List.of(
                new OperationsRoutes(parts.health(), parts.metrics(), parts.version()),
                new AuthRoutes(parts.signIn(), parts.signingKeys(), parts.tokenSettings(), blocking),
                new SyncRoutes(parts.sync(), parts.authenticator(), sockets, blocking),
                new ImportRoutes(parts.writeKeys(), parts.adminTeams(), parts.storedEvents(), blocking),
                new WebAppRoutes());
        all.forEach(routes -> routes.register(router));
        router.errorHandler(
                404,
                context -> Responses.fail(
                        context.response(), ApiError.notFound(context.request().path())));
        router.errorHandler(
                405,
                context -> Responses.fail(
                        context.response(),
                        ApiError.methodNotAllowed(context.request().method().name())));
        router.errorHandler(500, context -> {
            log.error("a request failed [path={}]", context.request().path(), context.failure());
            Responses.fail(context.response(), ApiError.internal());
        });
        return router;
    }
}
