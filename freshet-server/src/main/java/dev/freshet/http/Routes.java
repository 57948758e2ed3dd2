package dev.freshet.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;

/** One concern's routes. Handlers run on event loops and must not block. */
interface Routes {
    void register(Router router);

    /** A route of what is only looked at. HEAD is answered as GET, without the body. */
    static Route look(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }
}
