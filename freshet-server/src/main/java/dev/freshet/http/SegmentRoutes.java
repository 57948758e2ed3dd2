package dev.freshet.http;

import dev.freshet.dialect.SegmentDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What SDKs of Segment and RudderStack call. Every path is there with and without a trailing slash. */
final class SegmentRoutes implements Routes {
    private static final Buffer ACCEPTED = Buffer.buffer("{\"success\":true,\"status\":1}");
    private static final int GIVES_UP = 400;

    private static final List<String> TYPES = List.of("track", "page", "screen", "identify", "group", "alias");

    /** Segment's browser SDK shortens the types to their first letters. */
    private static final Map<String, String> BROWSER_TYPES =
            Map.of("t", "track", "p", "page", "s", "screen", "i", "identify", "g", "group", "a", "alias");

    private final Predicate<String> isKey;
    private final DialectIntake intake;
    private final DialectIntake.Expectations expectations;

    SegmentRoutes(Predicate<String> isKey, SegmentDecoder decoder, DialectIntake intake) {
        this.isKey = isKey;
        this.intake = intake;
        expectations = new DialectIntake.Expectations(decoder, ACCEPTED, GIVES_UP);
    }

    @Override
    public void register(Router router) {
        take(router, "/v1/batch", Optional.empty(), true);
        take(router, "/v1/import", Optional.empty(), true);
        TYPES.forEach(type -> take(router, "/v1/" + type, Optional.of(type), true));
        BROWSER_TYPES.forEach((letter, type) -> take(router, "/v1/" + letter, Optional.of(type), false));
        take(router, "/v1/b", Optional.empty(), false);
        allowOrigins(router, "/v1/m");
        router.post("/v1/m").handler(context -> Responses.send(context.response(), 200, ACCEPTED));
        String settings = "/v1/projects/:key/settings";
        allowOrigins(router, settings);
        router.get(settings).handler(this::settings);
    }

    private static void allowOrigins(Router router, String path) {
        router.options(path).handler(context -> Cors.preflight(context.request()));
        router.route(path).handler(context -> {
            Cors.allow(context.request());
            context.next();
        });
    }

    /** @param isOfServers whether servers send here, whose SDKs understand 429; pages may all the same */
    private void take(Router router, String path, Optional<String> type, boolean isOfServers) {
        allowOrigins(router, path);
        router.post(path).handler(context -> {
            HttpServerRequest request = context.request();
            boolean isPage = request.getHeader(HttpHeaders.ORIGIN) != null;
            intake.take(request, expectations, type, isOfServers && !isPage);
        });
    }

    /** What Segment's browser SDK asks at load: where to send. Without {@code apiKey} it would send without a key. */
    private void settings(RoutingContext context) {
        HttpServerRequest request = context.request();
        String key = context.pathParam("key");
        if (!isKey.test(key)) {
            Responses.fail(context.response(), ApiError.unauthorized("the write key is unknown"));
            return;
        }
        String host = Optional.ofNullable(request.getHeader(HttpHeaders.HOST)).orElse("");
        String protocol = Optional.ofNullable(request.getHeader("X-Forwarded-Proto"))
                .filter(forwarded -> forwarded.equals("http") || forwarded.equals("https"))
                .orElse(String.valueOf(request.scheme()));
        Responses.send(context.response(), 200, generator -> {
            generator.writeStartObject();
            generator.writeObjectFieldStart("integrations");
            generator.writeObjectFieldStart("Segment.io");
            generator.writeStringField("apiKey", key);
            generator.writeStringField("apiHost", host + "/v1");
            generator.writeStringField("protocol", protocol);
            generator.writeEndObject();
            generator.writeEndObject();
            generator.writeObjectFieldStart("metrics");
            generator.writeNumberField("sampleRate", 0);
            generator.writeEndObject();
            generator.writeEndObject();
        });
    }
}
