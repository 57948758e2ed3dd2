package dev.freshet.http;

import io.vertx.ext.web.Router;

/** One concern's routes. Handlers run on event loops and must not block. */
interface Routes {
    void register(Router router);
}
