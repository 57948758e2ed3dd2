package dev.freshet.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.StaticHandler;

/**
 * The web app's files from the class path. Files under {@code /assets} carry a hash of their content in their names and
 * are kept by browsers for ever; the page itself is asked for anew each time.
 */
final class WebAppRoutes implements Routes {
    private static final String ROOT = "webapp";
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
                    + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    @Override
    public void register(Router router) {
        router.route().method(HttpMethod.GET).method(HttpMethod.HEAD).handler(WebAppRoutes::addSecurityHeaders);
        router.get("/assets/*")
                .handler(context -> {
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable");
                    context.next();
                })
                .handler(StaticHandler.create(FileSystemAccess.RELATIVE, ROOT + "/assets")
                        .setCachingEnabled(false)
                        .setIncludeHidden(false));
        router.get("/*")
                .handler(context -> {
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
                    context.next();
                })
                .handler(StaticHandler.create(FileSystemAccess.RELATIVE, ROOT)
                        .setCachingEnabled(false)
                        .setIncludeHidden(false)
                        .setIndexPage("index.html"));
    }

    private static void addSecurityHeaders(RoutingContext context) {
        context.response()
                .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer");
        context.next();
    }
}
