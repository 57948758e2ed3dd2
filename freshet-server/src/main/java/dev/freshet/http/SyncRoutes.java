package dev.freshet.http;

import dev.freshet.functions.api.Caller;
import dev.freshet.sync.Authentication;
import dev.freshet.sync.Authenticator;
import dev.freshet.sync.ClientVersion;
import dev.freshet.sync.HttpReply;
import dev.freshet.sync.SyncServer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where Convex's clients connect: the WebSocket at {@code /api/VERSION/sync} and the HTTP API beside it. */
final class SyncRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(SyncRoutes.class);

    /** Convex's own limit of a request: arguments of 16 MiB and what surrounds them. */
    private static final int MOST_BODY_BYTES = (16 << 20) + 2_000;

    private static final int MOST_DEBUG_EVENT_BYTES = 1 << 20;

    /** What Convex's own server lets pages ask for. */
    private static final String METHODS = "GET, POST, OPTIONS, PATCH, DELETE, PUT";

    private static final List<String> ENDPOINTS =
            List.of("query", "mutation", "action", "function", "query_batch", "query_ts", "query_at_ts");

    private final SyncServer sync;
    private final ConvexCredentials credentials;
    private final SyncSockets sockets;
    private final BlockingCalls blocking;

    SyncRoutes(SyncServer sync, Authenticator authenticator, SyncSockets sockets, BlockingCalls blocking) {
        this.sync = sync;
        this.credentials = new ConvexCredentials(authenticator);
        this.sockets = sockets;
        this.blocking = blocking;
    }

    @Override
    public void register(Router router) {
        router.get("/api/sync").handler(context -> sockets.accept(context.request(), ClientVersion.UNKNOWN));
        router.get("/api/:version/sync")
                .handler(context -> sockets.accept(context.request(), ClientVersion.npm(context.pathParam("version"))));
        router.options("/api/*").handler(context -> Cors.preflight(context.request(), METHODS));
        for (String endpoint : ENDPOINTS) {
            router.post("/api/" + endpoint).handler(context -> post(endpoint, context));
        }
        router.post("/api/run/*").handler(this::run);
        router.get("/api/query").handler(this::getQuery);
        router.post("/api/debug_event").handler(SyncRoutes::takeDebugEvent);
    }

    /** Clients that are asked to report how they fare expect no more than that somebody listens. */
    private static void takeDebugEvent(RoutingContext context) {
        Cors.allow(context.request());
        RequestBody.read(context.request(), MOST_DEBUG_EVENT_BYTES)
                .onSuccess(body -> context.response().end())
                .onFailure(failure -> failBody(context.response(), failure));
    }

    /** {@code /api/run/MODULE/PATH/FUNCTION}. */
    private void run(RoutingContext context) {
        String path = context.request().path();
        post(path.substring(path.indexOf("/run/") + 1), context);
    }

    private void post(String endpoint, RoutingContext context) {
        HttpServerResponse response = context.response();
        ClientVersion client = client(context);
        Cors.allow(context.request());
        RequestBody.read(context.request(), MOST_BODY_BYTES)
                .onSuccess(body -> {
                    String text = body.toString();
                    asCaller(context, caller -> answer(response, sync.post(endpoint, text, caller, client)));
                })
                .onFailure(failure -> failBody(response, failure));
    }

    private void getQuery(RoutingContext context) {
        HttpServerResponse response = context.response();
        Cors.allow(context.request());
        ClientVersion client = client(context);
        String path = context.request().getParam("path");
        if (path == null) {
            fail(response, 400, "BadRequest", "the parameter path is missing");
            return;
        }
        String arguments = context.request().getParam("args", "{}");
        Optional<String> format = Optional.ofNullable(context.request().getParam("format"));
        asCaller(context, caller -> answer(response, sync.getQuery(path, arguments, format, caller, client)));
    }

    private static ClientVersion client(RoutingContext context) {
        return ClientVersion.named(context.request().getHeader("Convex-Client"));
    }

    /** Goes on as whoever the request's token stands for, or answers that it stands for nobody. */
    private void asCaller(RoutingContext context, Consumer<Caller> next) {
        HttpServerResponse response = context.response();
        Optional<ConvexCredentials.Given> given = ConvexCredentials.of(context.request());
        if (given.isEmpty()) {
            next.accept(Caller.anonymous());
            return;
        }
        blocking.call(
                () -> credentials.authenticate(given.get()),
                result -> {
                    switch (result) {
                        case Authentication.Accepted(Caller caller, var until, var changes) -> next.accept(caller);
                        case Authentication.Refused(String code, String message) -> fail(response, 401, code, message);
                        case Authentication.Unavailable(String message) -> fail(response, 503, "Unavailable", message);
                    }
                },
                error -> Responses.fail(context.request(), error));
    }

    private static void failBody(HttpServerResponse response, Throwable failure) {
        RequestBody.whenTooLarge(failure, message -> fail(response, 413, "RequestTooLarge", message));
    }

    private static void answer(HttpServerResponse response, CompletionStage<HttpReply> answering) {
        Context context = Vertx.currentContext();
        var _ = answering.whenComplete((reply, failure) -> context.runOnContext(event -> {
            if (failure == null) {
                response.setStatusCode(reply.status())
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .end(reply.body());
            } else {
                log.error("a function call over HTTP failed", failure);
                fail(response, 500, "InternalServerError", "the server failed to answer; its log says why");
            }
        }));
    }

    private static void fail(HttpServerResponse response, int status, String code, String message) {
        Responses.sendConvexError(response, status, code, message);
    }
}
