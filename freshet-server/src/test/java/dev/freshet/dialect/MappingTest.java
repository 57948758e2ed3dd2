package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.event.EventType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MappingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Mapping mapping = new Mapping(MappingTable.EMPTY);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Report Exported      | {}                                     | feature_used    | Report Exported     | default",
                "Order Completed      | {}                                     | conversion_step | Order Completed     | conversion",
                "Signed Up            | {}                                     | conversion_step | Signed Up           | conversion",
                "Subscription Renewed | {}                                     | conversion_step | Subscription Renewed| conversion",
                "Subscriptions Opened | {}                                     | feature_used    | Subscriptions Opened| default",
                "Error                | {}                                     | error_occurred  | Error               | error",
                "Application Crashed  | {}                                     | error_occurred  | Application Crashed | error",
                "TimeoutException     | {}                                     | error_occurred  | TimeoutException    | error",
                "Payment              | {\"error\":{\"type\":\"Declined\",\"code\":7}}| error_occurred  | Declined     | error",
                "Payment              | {\"error\":{\"code\":7}}                   | error_occurred  | 7               | error",
                "Payment              | {\"error\":{\"name\":\"N\"}}                 | error_occurred  | N             | error",
                "Payment              | {\"error\":\"declined\"}                   | error_occurred  | Payment         | error",
                "Payment              | {\"stack\":\"at x\"}                       | error_occurred  | Payment         | error",
                "Payment              | {\"error\":false,\"exception\":null,\"stack\":\"\"}| feature_used | Payment     | default",
            })
    void aTrackEventIsMappedByItsNameAndProperties(
            String event, String properties, String type, String name, String mappedBy) throws IOException {
        Mapped mapped = mapping.named(Dialect.SEGMENT, event, JSON.readTree(properties));

        assertThat(mapped).isEqualTo(new Mapped(EventType.ofWireName(type).orElseThrow(), name, mappedBy));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Pricing | {\"path\":\"/p\"}       | https://x.example/q   | Pricing",
                "''      | {\"path\":\"/u/77\"}    | https://x.example/q   | /u/:id",
                "''      | {}                  | https://x.example/q/9?r=1#s | /q/:id",
                "''      | {}                  | https://x.example     | /",
                "''      | {}                  | ''                    | ''",
            })
    void aPageIsNamedByItsNameElseByItsPath(String name, String properties, String url, String expected)
            throws IOException {
        assertThat(mapping.page(name, JSON.readTree(properties), url))
                .isEqualTo(new Mapped(EventType.PAGE_VIEW, expected, "page"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$pageview   | {\"$pathname\":\"/a/12\"}                  | page_view      | /a/:id   | pageview",
                "$pageview   | {\"$current_url\":\"https://x.example/b\"} | page_view      | /b       | pageview",
                "$screen     | {\"$screen_name\":\"Home\"}                | page_view      | Home     | screen",
                "$exception  | {\"$exception_list\":[{\"type\":\"T\"}]}     | error_occurred | T        | exception",
                "$exception  | {\"$exception_type\":\"U\"}                | error_occurred | U        | exception",
                "$exception  | {}                                     | error_occurred | $exception | exception",
                "export      | {}                                     | feature_used   | export   | default",
                "survey sent | {}                                     | feature_used   | survey sent | default",
            })
    void aPostHogEventIsMappedByTheReservedNames(
            String event, String properties, String type, String name, String mappedBy) throws IOException {
        assertThat(mapping.postHog(event, JSON.readTree(properties)))
                .contains(new Mapped(EventType.ofWireName(type).orElseThrow(), name, mappedBy));
    }

    @Test
    void theTeamsTableComesFirstInItsDialectOnly() throws IOException {
        Mapping own = new Mapping(new MappingTable(
                Map.of(
                        Dialect.SEGMENT,
                        Map.of(
                                "Order Completed",
                                new MappingTable.Rule(EventType.FEATURE_USED, Optional.of("order")),
                                "Payment",
                                new MappingTable.Rule(EventType.CONVERSION_STEP, Optional.empty())),
                        Dialect.POSTHOG,
                        Map.of("$autocapture", new MappingTable.Rule(EventType.FEATURE_USED, Optional.empty()))),
                List.of("/blog/:slug")));

        assertThat(own.named(Dialect.SEGMENT, "Order Completed", JSON.readTree("{}")))
                .isEqualTo(new Mapped(EventType.FEATURE_USED, "order", "table"));
        assertThat(own.named(Dialect.SEGMENT, "Payment", JSON.readTree("{\"error\":{\"type\":\"T\"}}")))
                .isEqualTo(new Mapped(EventType.CONVERSION_STEP, "T", "table"));
        assertThat(own.named(Dialect.RUDDERSTACK, "Order Completed", JSON.readTree("{}"))
                        .mappedBy())
                .isEqualTo("conversion");
        assertThat(own.postHog("$autocapture", JSON.readTree("{\"$el_text\":\"Buy\"}")))
                .contains(new Mapped(EventType.FEATURE_USED, "Buy", "table"));
        assertThat(own.postHog(
                        "$autocapture",
                        JSON.readTree("{\"$elements\":[{\"tag_name\":\"button\",\"attr__id\":\"buy\"}]}")))
                .contains(new Mapped(EventType.FEATURE_USED, "button#buy", "table"));
        assertThat(own.page("", JSON.readTree("{\"path\":\"/blog/hello\"}"), "").name())
                .isEqualTo("/blog/:slug");
    }
}
