package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.event.EventType;
import java.util.Optional;
import java.util.Set;

/** Which event a message becomes: the table of the mapping file first, then the built-in rules. Pure and immutable. */
final class Mapping {
    private static final Set<String> CONVERSIONS = Set.of(
            "Product Viewed",
            "Product Added",
            "Checkout Started",
            "Payment Info Entered",
            "Order Completed",
            "Signed Up",
            "Trial Started",
            "Trial Ended",
            "Account Created");
    private static final String SUBSCRIPTION = "Subscription ";
    private static final Set<String> ERRORS = Set.of("Error", "Application Crashed");
    private static final String EXCEPTION = "Exception";

    /** Noise for most teams: taken only where the table names it. */
    private static final Set<String> INTERACTIONS = Set.of("$autocapture", "$rageclick");

    private static final Set<String> DROPPED =
            Set.of("$pageleave", "$feature_flag_called", "$web_vitals", "$snapshot", "$$heatmap", "$performance_event");

    private final MappingTable table;

    Mapping(MappingTable table) {
        this.table = table;
    }

    /** Segment's and RudderStack's {@code page}. */
    Mapped page(String name, JsonNode properties, String url) {
        if (!name.isEmpty()) {
            return new Mapped(EventType.PAGE_VIEW, name, "page");
        }
        return new Mapped(EventType.PAGE_VIEW, table.paths().of(path(properties.path("path"), url)), "page");
    }

    /** Segment's and RudderStack's {@code screen}. */
    Mapped screen(String name) {
        return new Mapped(EventType.PAGE_VIEW, name, "screen");
    }

    /** An event that its sender named. */
    Mapped named(Dialect dialect, String event, JsonNode properties) {
        Mapped builtIn = builtIn(event, properties);
        return table.rule(dialect, event).map(builtIn::by).orElse(builtIn);
    }

    private static Mapped builtIn(String event, JsonNode properties) {
        if (isError(event, properties)) {
            JsonNode error = properties.path("error");
            JsonNode exception = properties.path("exception");
            String name =
                    Texts.first(error.path("type"), error.path("code"), error.path("name"), exception.path("type"));
            return new Mapped(EventType.ERROR_OCCURRED, name.isEmpty() ? event : name, "error");
        }
        if (CONVERSIONS.contains(event) || event.startsWith(SUBSCRIPTION)) {
            return new Mapped(EventType.CONVERSION_STEP, event, "conversion");
        }
        return new Mapped(EventType.FEATURE_USED, event, "default");
    }

    private static boolean isError(String event, JsonNode properties) {
        return ERRORS.contains(event)
                || event.endsWith(EXCEPTION)
                || says(properties.path("error"))
                || says(properties.path("exception"))
                || says(properties.path("stack"));
    }

    /** Whether a property says something: {@code error: false} says that there was none. */
    private static boolean says(JsonNode value) {
        return switch (value.getNodeType()) {
            case MISSING, NULL -> false;
            case BOOLEAN -> value.booleanValue();
            case STRING -> !value.textValue().isEmpty();
            case ARRAY, OBJECT -> !value.isEmpty();
            case NUMBER -> value.doubleValue() != 0;
            case BINARY, POJO -> true;
        };
    }

    /** PostHog's events; empty for those that are dropped. */
    Optional<Mapped> postHog(String event, JsonNode properties) {
        Optional<MappingTable.Rule> rule = table.rule(Dialect.POSTHOG, event);
        if (rule.isEmpty() && (DROPPED.contains(event) || INTERACTIONS.contains(event))) {
            return Optional.empty();
        }
        Mapped builtIn = postHogBuiltIn(event, properties);
        return Optional.of(rule.map(builtIn::by).orElse(builtIn));
    }

    private Mapped postHogBuiltIn(String event, JsonNode properties) {
        return switch (event) {
            case "$pageview" -> {
                String path = path(properties.path("$pathname"), Texts.of(properties.path("$current_url")));
                yield new Mapped(EventType.PAGE_VIEW, table.paths().of(path), "pageview");
            }
            case "$screen" -> new Mapped(EventType.PAGE_VIEW, Texts.of(properties.path("$screen_name")), "screen");
            case "$exception" -> {
                String type = Texts.first(
                        properties.path("$exception_list").path(0).path("type"), properties.path("$exception_type"));
                yield new Mapped(EventType.ERROR_OCCURRED, type.isEmpty() ? event : type, "exception");
            }
            case "$autocapture", "$rageclick" ->
                new Mapped(EventType.FEATURE_USED, interaction(event, properties), "interaction");
            default -> builtIn(event, properties);
        };
    }

    /** What was clicked: its text, else its tag and id. */
    private static String interaction(String event, JsonNode properties) {
        JsonNode element = properties.path("$elements").path(0);
        String text = Texts.first(properties.path("$el_text"), element.path("$el_text"));
        if (!text.isEmpty()) {
            return text;
        }
        String tag = Texts.of(element.path("tag_name"));
        String id = Texts.of(element.path("attr__id"));
        if (tag.isEmpty()) {
            return event;
        }
        return id.isEmpty() ? tag : tag + "#" + id;
    }

    private static String path(JsonNode given, String url) {
        String path = Texts.of(given);
        return path.isEmpty() ? PathTemplate.pathOfUrl(url) : path;
    }
}
