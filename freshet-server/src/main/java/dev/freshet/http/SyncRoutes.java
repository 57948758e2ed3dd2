package dev.freshet.http;

import dev.freshet.functions.api.Caller;
import dev.freshet.sync.AuthToken;
import dev.freshet.sync.Authentication;
import dev.freshet.sync.Authenticator;
import dev.freshet.sync.SyncServer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where Convex's clients connect: the WebSocket at {@code /api/VERSION/sync} and the HTTP API beside it. */
final class SyncRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(SyncRoutes.class);

    /** Convex's own limit of a request: arguments of 16 MiB and what surrounds them. */
    private static final int MOST_BODY_BYTES = (16 << 20) + 2_000;

    private static final List<String> ENDPOINTS =
            List.of("query", "mutation", "action", "function", "query_batch", "query_ts", "query_at_ts");

    private final SyncServer sync;
    private final Authenticator authenticator;
    private final SyncSockets sockets;
    private final BlockingCalls blocking;

    SyncRoutes(SyncServer sync, Authenticator authenticator, SyncSockets sockets, BlockingCalls blocking) {
        this.sync = sync;
        this.authenticator = authenticator;
        this.sockets = sockets;
        this.blocking = blocking;
    }

    @Override
    public void register(Router router) {
        router.get("/api/sync").handler(context -> sockets.accept(context.request()));
        router.get("/api/:version/sync").handler(context -> sockets.accept(context.request()));
        router.options("/api/*").handler(SyncRoutes::preflight);
        for (String endpoint : ENDPOINTS) {
            router.post("/api/" + endpoint).handler(context -> call(endpoint, context));
        }
    }

    private static void preflight(RoutingContext context) {
        HttpServerRequest request = context.request();
        allowOrigin(context);
        String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        context.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS")
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers == null ? "" : headers)
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "86400")
                .setStatusCode(204)
                .end();
    }

    private static void allowOrigin(RoutingContext context) {
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            context.response()
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
    }

    private void call(String endpoint, RoutingContext context) {
        HttpServerResponse response = context.response();
        allowOrigin(context);
        Optional<AuthToken> token = token(context.request());
        RequestBody.read(context.request(), MOST_BODY_BYTES)
                .onSuccess(body -> {
                    String text = body.toString();
                    if (token.isEmpty()) {
                        run(endpoint, text, Caller.anonymous(), response);
                        return;
                    }
                    blocking.call(response, () -> authenticator.authenticate(token.get()), result -> {
                        switch (result) {
                            case Authentication.Accepted(Caller caller, var until) ->
                                run(endpoint, text, caller, response);
                            case Authentication.Refused(String code, String message) ->
                                fail(response, 401, code, message);
                            case Authentication.Unavailable(String message) ->
                                fail(response, 503, "Unavailable", message);
                        }
                    });
                })
                .onFailure(failure -> {
                    if (failure instanceof RequestBody.TooLargeException tooLarge) {
                        fail(response, 413, "RequestTooLarge", String.valueOf(tooLarge.getMessage()));
                    }
                });
    }

    private static Optional<AuthToken> token(HttpServerRequest request) {
        return Credentials.bearer(request)
                .<AuthToken>map(AuthToken.User::new)
                .or(() -> Credentials.convexKey(request)
                        .map(key -> new AuthToken.Admin(key.split(":", 2)[0], Optional.empty())));
    }

    private void run(String endpoint, String body, Caller caller, HttpServerResponse response) {
        Context context = Vertx.currentContext();
        sync.post(endpoint, body, caller)
                .whenComplete((reply, failure) -> context.runOnContext(event -> {
                    if (failure == null) {
                        response.setStatusCode(reply.status())
                                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                                .end(reply.body());
                    } else {
                        log.error("a function call over HTTP failed [endpoint={}]", endpoint, failure);
                        fail(response, 500, "InternalServerError", "the server failed to answer; its log says why");
                    }
                }));
    }

    /** Convex's clients expect exactly these two fields. */
    private static void fail(HttpServerResponse response, int status, String code, String message) {
        Responses.send(response, status, generator -> {
            generator.writeStartObject();
            generator.writeStringField("code", code);
            generator.writeStringField("message", message);
            generator.writeEndObject();
        });
    }
}
