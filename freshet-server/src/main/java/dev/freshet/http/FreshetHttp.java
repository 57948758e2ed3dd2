package dev.freshet.http;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of the one HTTP port, on as many event loops as the machine has processors. */
public final class FreshetHttp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FreshetHttp.class);

    private static final int MOST_MESSAGE_BYTES = 32 << 20;
    private static final int IDLE_SECONDS = 300;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);
    private static final Duration STOPPED_RETRY = Duration.ofSeconds(5);

    /** Each may take what {@code DecodingShare.BESIDE_OTHERS} says; the rest wait, packed. */
    private static final int BODIES_AT_ONCE = 2;

    /** Several servers that ask for this port share one that is free. */
    private static final int SHARED_FREE_PORT = -1;

    private final Vertx vertx;
    private final HttpParts parts;
    private final SyncSockets sockets;
    private final BlockingCalls blocking;
    private final SocketCompression compression = new SocketCompression(MOST_MESSAGE_BYTES);
    private final LargeBodies largeBodies;
    private final RequestsUnderWay underWay = new RequestsUnderWay();
    private final AtomicInteger actualPort = new AtomicInteger();

    public FreshetHttp(Vertx vertx, HttpParts parts) {
        this.vertx = vertx;
        this.parts = parts;
        sockets = new SyncSockets(vertx, parts.sync());
        blocking = new BlockingCalls();
        largeBodies = new LargeBodies(vertx);
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

    /** Bytes of request bodies whose requests are not answered yet. */
    public long bodyBytes() {
        return RequestBody.bytesTogether();
    }

    /** What {@link #bodyBytes} stays under; past it requests are refused with 503. */
    public long bodyLimitBytes() {
        return RequestBody.MOST_BYTES_TOGETHER;
    }

    /** The sync sockets that are open now. */
    public int openSockets() {
        return sockets.count();
    }

    /**
     * Takes no more requests and waits a little until those under way are answered; sync sockets are told to come back
     * elsewhere. Listening ends with the event loops.
     */
    @Override
    public void close() {
        int unanswered = underWay.stop(ANSWER_LIMIT);
        if (unanswered > 0) {
            log.warn("stopping before all requests were answered [requests={}]", unanswered);
        }
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
            WorkerExecutor decoding = vertx.createSharedWorkerExecutor("ingest-decode", BODIES_AT_ONCE);
            IngestRoutes ingest = new IngestRoutes(
                    decoding,
                    largeBodies,
                    parts.writeKeys(),
                    parts.adminTeams(),
                    parts.decoder(),
                    parts.ingest(),
                    parts.clock());
            Router router = router(decoding);
            HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                            .setCompressionSupported(true)
                            .setMaxWebSocketFrameSize(MOST_MESSAGE_BYTES)
                            .setMaxWebSocketMessageSize(MOST_MESSAGE_BYTES)
                            // Neither has a limit to what a message may grow to; SocketCompression gives the one a
                            // limit.
                            .setPerMessageWebSocketCompressionSupported(parts.compressesSockets())
                            .setPerFrameWebSocketCompressionSupported(false)
                            .setIdleTimeout(IDLE_SECONDS)
                            .setTcpNoDelay(true))
                    .exceptionHandler(failure -> log.debug("a connection failed", failure))
                    .connectionHandler(FreshetHttp.this::prepare)
                    .requestHandler(request -> route(request, ingest, router));
            server.listen(port, host)
                    .onSuccess(listening -> {
                        actualPort.set(listening.actualPort());
                        started.complete();
                    })
                    .onFailure(started::fail);
        }
    }

    private void prepare(HttpConnection connection) {
        if (parts.compressesSockets()) {
            compression.prepare(connection);
        }
        SocketMessageGuard.watch(connection, MOST_MESSAGE_BYTES);
    }

    private void route(HttpServerRequest request, IngestRoutes ingest, Router router) {
        if (request.headers().contains(HttpHeaders.UPGRADE)) {
            router.handle(request); // a socket, which has an end of its own
            return;
        }
        if (!underWay.enter()) {
            refuseStopping(request);
            return;
        }
        AtomicBoolean hasLeft = new AtomicBoolean();
        Handler<Void> leave = over -> {
            if (hasLeft.compareAndSet(false, true)) {
                underWay.leave();
                RequestBody.forget(request.response());
            }
        };
        // The one when it is answered, the other when the client goes before that.
        request.response().endHandler(leave).closeHandler(leave);
        if (IngestRoutes.PATH.equals(request.path())) {
            ingest.handle(request);
        } else {
            router.handle(request);
        }
    }

    /** Pages may read it: they come back when {@code Retry-After} says, while a network error would have them give up. */
    private static void refuseStopping(HttpServerRequest request) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        if (request.method().equals(HttpMethod.OPTIONS)) {
            Cors.preflight(request);
            return;
        }
        Cors.allow(request);
        Responses.fail(request, ApiError.unavailable("the server is stopping; send again later", STOPPED_RETRY));
    }

    /** A path that has routes, but none for this method, says which there are; any other is not there. */
    private static void noRoute(RoutingContext context, Router router) {
        HttpServerRequest request = context.request();
        RequestBody.discardRest(request);
        Set<String> allowed = router.getRoutes().stream()
                .filter(route -> request.path().equals(route.getPath()) && route.methods() != null)
                .flatMap(route -> route.methods().stream())
                .map(HttpMethod::name)
                .collect(Collectors.toCollection(TreeSet::new));
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (allowed.isEmpty() || allowed.contains(request.method().name())) {
            Responses.fail(request, ApiError.notFound(request.path()));
            return;
        }
        String list = String.join(", ", allowed);
        context.response().putHeader(HttpHeaders.ALLOW, list);
        Responses.fail(request, ApiError.methodNotAllowed(request.method().name(), list));
    }

    private Router router(WorkerExecutor decoding) {
        Router router = Router.router(vertx);
        DialectIntake dialects = new DialectIntake(
                events -> parts.ingest().submit(events.grant(), events.events()), parts.clock(), decoding, largeBodies);
        Predicate<String> isKey = key -> parts.writeKeys().resolve(key).isPresent();
        List<Routes> all = List.of(
                new OperationsRoutes(parts.health(), parts.metrics(), parts.version()),
                new AuthRoutes(parts.signIn(), parts.signingKeys(), parts.tokenSettings(), blocking),
                new SyncRoutes(parts.sync(), parts.authenticator(), sockets, blocking),
                new ImportRoutes(parts.writeKeys(), parts.adminTeams(), parts.storedEvents(), blocking),
                new KeyRoutes(parts.writeKeys(), parts.adminTeams(), blocking),
                new SegmentRoutes(isKey, parts.segment(), dialects),
                new PostHogRoutes(isKey, parts.postHog(), dialects),
                new WebAppRoutes());
        all.forEach(routes -> routes.register(router));
        router.errorHandler(
                400, context -> Responses.fail(context.request(), ApiError.badRequest("the request is malformed")));
        router.errorHandler(404, context -> noRoute(context, router));
        router.errorHandler(405, context -> noRoute(context, router));
        router.errorHandler(500, context -> {
            log.error("a request failed [path={}]", context.request().path(), context.failure());
            Responses.fail(context.request(), ApiError.internal());
        });
        return router;
    }
}
