package dev.freshet.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.regex.Pattern;

/**
 * The web app's files from the class path. Files under {@code /assets} carry a hash of their content in their names and
 * are kept by browsers for ever; the page itself is asked for anew each time.
 */
final class WebAppRoutes implements Routes {
    private static final String ROOT = "webapp";
    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.:_\\[\\]-]{1,255}");

    @Override
    public void register(Router router) {
        Routes.look(router, "/*").handler(WebAppRoutes::addSecurityHeaders);
        Routes.look(router, "/assets/*")
                .handler(context -> {
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable");
                    context.next();
                })
                .handler(StaticHandler.create(FileSystemAccess.RELATIVE, ROOT + "/assets")
                        .setCachingEnabled(false)
                        .setIncludeHidden(false));
        Routes.look(router, "/*")
                .handler(context -> {
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
                    context.next();
                })
                .handler(StaticHandler.create(FileSystemAccess.RELATIVE, ROOT)
                        .setCachingEnabled(false)
                        .setIncludeHidden(false)
                        .setIndexPage("index.html"));
    }

    /** Not every browser takes 'self' for the page's own WebSocket, so that is allowed by its address. */
    private static String contentSecurityPolicy(HttpServerRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        boolean isPlain = host != null && AUTHORITY.matcher(host).matches();
        String sockets = isPlain ? " ws://" + host + " wss://" + host : "";
        return "default-src 'self'; connect-src 'self'" + sockets + "; img-src 'self' data:; object-src 'none'; "
                + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }

    private static void addSecurityHeaders(RoutingContext context) {
        context.response()
                .putHeader("Content-Security-Policy", contentSecurityPolicy(context.request()))
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer");
        context.next();
    }
}
