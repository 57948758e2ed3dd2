package dev.freshet.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What operators and their machines ask: {@code /healthz}, {@code /readyz}, {@code /metrics}, {@code /version}; and two
 * that Convex's own tools ask, {@code /instance_name} and {@code /instance_version}.
 */
final class OperationsRoutes implements Routes {
    private final List<HealthPart> parts;
    private final PrometheusMeterRegistry metrics;
    private final ServerVersion version;

    OperationsRoutes(List<HealthPart> parts, PrometheusMeterRegistry metrics, ServerVersion version) {
        this.parts = List.copyOf(parts);
        this.metrics = metrics;
        this.version = version;
    }

    @Override
    public void register(Router router) {
        Routes.look(router, "/healthz")
                .handler(context -> Responses.send(context.response(), 200, generator -> {
                    generator.writeStartObject();
                    generator.writeStringField("status", "alive");
                    generator.writeEndObject();
                }));
        Routes.look(router, "/readyz").handler(this::readiness);
        Routes.look(router, "/metrics")
                .handler(context -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                        .end(metrics.scrape()));
        Routes.look(router, "/instance_name").handler(context -> text(context, "freshet"));
        Routes.look(router, "/instance_version").handler(context -> text(context, version.freshet()));
        Routes.look(router, "/version")
                .handler(context -> Responses.send(context.response(), 200, generator -> {
                    generator.writeStartObject();
                    generator.writeStringField("name", "freshet");
                    generator.writeStringField("version", version.freshet());
                    generator.writeStringField("clickhouse", version.clickHouse());
                    generator.writeStringField("java", version.java());
                    generator.writeEndObject();
                }));
    }

    private static void text(RoutingContext context, String text) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(text);
    }

    private void readiness(RoutingContext context) {
        Map<String, HealthPart.State> states = new LinkedHashMap<>();
        parts.forEach(part -> states.put(part.name(), part.state().get()));
        boolean isReady = states.values().stream().allMatch(HealthPart.State::isReady);
        Responses.send(context.response(), isReady ? 200 : 503, generator -> {
            generator.writeStartObject();
            generator.writeBooleanField("ready", isReady);
            generator.writeObjectFieldStart("parts");
            for (Map.Entry<String, HealthPart.State> part : states.entrySet()) {
                generator.writeObjectFieldStart(part.getKey());
                generator.writeBooleanField("ready", part.getValue().isReady());
                generator.writeStringField("detail", part.getValue().detail());
                generator.writeEndObject();
            }
            generator.writeEndObject();
            generator.writeEndObject();
        });
    }
}
