package dev.freshet.http;

import dev.freshet.dialect.PostHogDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What PostHog's SDKs call. Every path is there with and without a trailing slash. */
final class PostHogRoutes implements Routes {
    private static final Buffer ACCEPTED = Buffer.buffer("{\"status\":1}");
    private static final int SENDS_LESS = 413;

    /** One handler for all: SDKs send single events, arrays and batches to any of them. */
    private static final List<String> CAPTURE = List.of("/batch", "/e", "/i/v0/e", "/capture", "/track", "/engage");

    /** Session recordings, logs and the like, which are answered so that SDKs go on, and not kept. */
    private static final List<String> IGNORED = List.of("/s", "/i/v1/logs", "/i/v0/ai/batch");

    private static final List<String> FLAGS = List.of("/flags", "/decide");
    private static final Buffer NO_FLAGS = Buffer.buffer(
            "{\"flags\":{},\"featureFlags\":{},\"featureFlagPayloads\":{}," + "\"errorsWhileComputingFlags\":false}");
    private static final Buffer NO_SURVEYS = Buffer.buffer("{\"surveys\":[]}");

    private final Predicate<String> isKey;
    private final DialectIntake intake;
    private final DialectIntake.Expectations expectations;

    PostHogRoutes(Predicate<String> isKey, PostHogDecoder decoder, DialectIntake intake) {
        this.isKey = isKey;
        this.intake = intake;
        expectations = new DialectIntake.Expectations(decoder, ACCEPTED, SENDS_LESS);
    }

    @Override
    public void register(Router router) {
        for (String path : CAPTURE) {
            allowOrigins(router, path);
            router.post(path).handler(context -> intake.take(context.request(), expectations, Optional.empty(), false));
            router.get(path).handler(context -> captureUrl(context.request()));
        }
        for (String path : IGNORED) {
            allowOrigins(router, path);
            router.post(path).handler(context -> Responses.send(context.response(), 200, ACCEPTED));
        }
        for (String path : FLAGS) {
            allowOrigins(router, path);
            router.post(path).handler(context -> Responses.send(context.response(), 200, NO_FLAGS));
        }
        String config = "/array/:token/config";
        allowOrigins(router, config);
        router.get(config).handler(this::config);
        allowOrigins(router, "/api/surveys");
        router.get("/api/surveys").handler(context -> Responses.send(context.response(), 200, NO_SURVEYS));
        // What the SDK loads lazily, and does without. The web app's page must not come instead.
        router.get("/array/:token/config.js").handler(PostHogRoutes::notFound);
        router.get("/static/*").handler(PostHogRoutes::notFound);
    }

    private static void allowOrigins(Router router, String path) {
        router.options(path).handler(context -> Cors.preflight(context.request()));
        router.route(path).handler(context -> {
            Cors.allow(context.request());
            context.next();
        });
    }

    /** Old SDKs and pixels put the event into the URL. */
    private void captureUrl(HttpServerRequest request) {
        Optional<String> data = DialectIntake.parameter(request, "data");
        if (data.isEmpty()) {
            Responses.fail(request.response(), ApiError.badRequest("send events by POST, or one as ?data=BASE64"));
            return;
        }
        String form = "data=" + URLEncoder.encode(data.get(), StandardCharsets.UTF_8);
        intake.take(request, form.getBytes(StandardCharsets.UTF_8), expectations);
    }

    /**
     * What posthog-js asks at start. {@code supportedCompression} keeps gzip on and preflights off; {@code hasFeatureFlags}
     * saves the call for flags.
     */
    private void config(RoutingContext context) {
        String token = context.pathParam("token");
        if (!isKey.test(token)) {
            Responses.fail(context.response(), ApiError.unauthorized("the write key is unknown"));
            return;
        }
        Responses.send(context.response(), 200, generator -> {
            generator.writeStartObject();
            generator.writeStringField("token", token);
            generator.writeArrayFieldStart("supportedCompression");
            generator.writeString("gzip-js");
            generator.writeEndArray();
            generator.writeBooleanField("hasFeatureFlags", false);
            generator.writeObjectFieldStart("analytics");
            generator.writeStringField("endpoint", "/i/v0/e/");
            generator.writeEndObject();
            generator.writeBooleanField("autocapture_opt_out", true);
            for (String off : List.of("capturePerformance", "sessionRecording", "surveys", "heatmaps")) {
                generator.writeBooleanField(off, false);
            }
            generator.writeArrayFieldStart("siteApps");
            generator.writeEndArray();
            generator.writeBooleanField("elementsChainAsString", true);
            generator.writeEndObject();
        });
    }

    private static void notFound(RoutingContext context) {
        Responses.fail(context.response(), ApiError.notFound(context.request().path()));
    }
}
