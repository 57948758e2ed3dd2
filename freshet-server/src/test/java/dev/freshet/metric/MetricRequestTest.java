package dev.freshet.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.event.EventType;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MetricRequestTest {
    private static final Map<String, Object> LAST_HOUR = Map.of("lastSeconds", 3_600.0);

    private static Map<String, Object> count(Object match) {
        return Map.of("kind", "count", "match", match);
    }

    private static MetricRequest request(Object metric) {
        return MetricRequest.parse(Map.of("metric", metric, "range", LAST_HOUR));
    }

    static List<Arguments> refusals() {
        Map<String, Object> any = Map.of();
        return List.of(
                bad("metric", "invalid_argument", "a count"),
                bad("metric.kind", "invalid_argument", Map.of("match", any)),
                bad("metric.kind", "invalid_argument", Map.of("kind", "sum", "match", any)),
                bad("metric.match", "invalid_argument", Map.of("kind", "count")),
                bad("metric.match", "invalid_argument", count("all")),
                bad("metric.limit", "invalid_argument", Map.of("kind", "count", "match", any, "limit", 5.0)),
                bad("metric.match.eventType", "invalid_argument", count(Map.of("eventType", "click"))),
                bad("metric.match.eventType", "invalid_argument", count(Map.of("eventType", 1.0))),
                bad("metric.match.name", "invalid_argument", count(Map.of("name", 1.0))),
                bad("metric.match.name", "invalid_argument", count(Map.of("name", List.of("a", 2.0)))),
                bad("metric.match.name", "invalid_argument", count(Map.of("name", "x".repeat(201)))),
                bad("metric.match.name", "invalid_argument", count(Map.of("name", "\uD800"))),
                bad("metric.match.nome", "invalid_argument", count(Map.of("nome", "a"))),
                bad("metric.match.properties", "invalid_argument", count(Map.of("properties", List.of()))),
                bad("metric.match.properties.a", "invalid_argument", property("a", List.of())),
                bad("metric.match.properties.a..b", "invalid_argument", property("a..b", 1.0)),
                bad("metric.match.properties.", "invalid_argument", property("", 1.0)),
                bad("metric.windowSeconds", "invalid_argument", Map.of("kind", "activeSessions", "windowSeconds", 0.0)),
                bad("metric.windowSeconds", "invalid_argument", Map.of("kind", "activeSessions", "windowSeconds", 1.5)),
                bad("metric.denominator", "invalid_argument", Map.of("kind", "ratio", "numerator", any)),
                bad("metric.by", "invalid_argument", breakdown("user", 5.0)),
                bad("metric.by", "invalid_argument", breakdown("properties.", 5.0)),
                bad("metric.limit", "invalid_argument", breakdown("name", 501.0)),
                bad("metric.limit", "invalid_argument", breakdown("name", 0.0)),
                bad("metric.limit", "invalid_argument", breakdown("name", Double.NaN)),
                bad("metric.steps", "invalid_argument", funnel(1)),
                bad("metric.steps", "invalid_argument", funnel(50)),
                bad("metric.quantiles", "invalid_argument", percentile(1.5)),
                bad("metric.quantiles", "invalid_argument", percentile()));
    }

    private static Arguments bad(String field, String code, Object metric) {
        return Arguments.of(field, code, metric);
    }

    private static Map<String, Object> property(String path, Object value) {
        return count(Map.of("properties", Map.of(path, value)));
    }

    private static Map<String, Object> breakdown(String by, double limit) {
        return Map.of("kind", "breakdown", "match", Map.of(), "by", by, "limit", limit);
    }

    private static Map<String, Object> funnel(int steps) {
        return Map.of("kind", "funnel", "steps", Collections.nCopies(steps, Map.of()), "windowSeconds", 60.0);
    }

    private static Map<String, Object> percentile(Double... quantiles) {
        return Map.of(
                "kind", "percentile", "match", Map.of(), "property", "properties.ms", "quantiles", List.of(quantiles));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatBreaksARuleAndNamesTheField(String field, String code, Object metric) {
        MetricException refusal = catchThrowableOfType(MetricException.class, () -> request(metric));

        assertThat(refusal).isNotNull();
        assertThat(refusal.field()).contains(field);
        assertThat(refusal.code().wireName()).isEqualTo(code);
        assertThat(refusal).hasMessageStartingWith(field + " ");
    }

    @Test
    void namesTheKnownEventTypes() {
        MetricException refusal =
                catchThrowableOfType(MetricException.class, () -> request(count(Map.of("eventType", "click"))));

        assertThat(refusal)
                .hasMessage("metric.match.eventType must be one of page_view, feature_used, error_occurred,"
                        + " conversion_step");
    }

    static List<Arguments> ranges() {
        return List.of(
                Arguments.of(0.0, "minute", "invalid_argument"),
                Arguments.of(-5.0, "minute", "invalid_argument"),
                Arguments.of(Double.POSITIVE_INFINITY, "minute", "invalid_argument"),
                Arguments.of(2_201.0, "second", "limit_exceeded"),
                Arguments.of(1e300, "hour", "limit_exceeded"));
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void refusesImpossibleRanges(double lastSeconds, String interval, String code) {
        MetricException refusal = catchThrowableOfType(
                MetricException.class,
                () -> MetricRequest.parse(Map.of(
                        "metric", count(Map.of()), "range", Map.of("lastSeconds", lastSeconds), "interval", interval)));

        assertThat(refusal.field()).contains("range.lastSeconds");
        assertThat(refusal.code().wireName()).isEqualTo(code);
    }

    @Test
    void refusesAnUnknownInterval() {
        MetricException refusal = catchThrowableOfType(
                MetricException.class,
                () -> MetricRequest.parse(Map.of("metric", count(Map.of()), "range", LAST_HOUR, "interval", "day")));

        assertThat(refusal).hasMessage("interval must be one of second, minute, hour");
    }

    @Test
    void asksForAsManyBucketsAsTheRangeTouches() {
        assertThat(buckets(1, "minute")).isEqualTo(1);
        assertThat(buckets(60, "minute")).isEqualTo(1);
        assertThat(buckets(61, "minute")).isEqualTo(2);
        assertThat(buckets(2_200, "second")).isEqualTo(2_200);
        assertThat(buckets(86_400, "hour")).isEqualTo(24);
        assertThat(buckets(0.5, "second")).isEqualTo(1);
    }

    private static int buckets(double lastSeconds, String interval) {
        return MetricRequest.parse(Map.of(
                        "metric", count(Map.of()), "range", Map.of("lastSeconds", lastSeconds), "interval", interval))
                .bucketCount();
    }

    @Test
    void windowEndsWithTheBucketThatHoldsThePresent() {
        TimeWindow window = request(count(Map.of())).window(7_200_000L);

        assertThat(window.toMs()).isEqualTo(7_260_000L);
        assertThat(window.fromMs()).isEqualTo(7_260_000L - 3_600_000L);
        assertThat(request(count(Map.of())).window(7_199_999L).toMs()).isEqualTo(7_200_000L);
    }

    @Test
    void equalRequestsHaveOneKeyInWhateverOrderTheyWereWritten() {
        Map<String, Object> match = new LinkedHashMap<>();
        match.put("name", List.of("b", "a", "b"));
        match.put("eventType", "page_view");
        match.put("properties", Map.of("plan", "pro", "n", 5L));
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("properties", Map.of("n", 5.0, "plan", "pro"));
        other.put("eventType", "page_view");
        other.put("name", List.of("a", "b"));

        assertThat(request(count(match))).isEqualTo(request(count(other)));
        assertThat(request(count(match)).canonicalText())
                .isEqualTo(request(count(other)).canonicalText())
                .isEqualTo("{\"interval\":\"minute\",\"metric\":{\"kind\":\"count\",\"match\":{\"eventType\":"
                        + "\"page_view\",\"name\":[\"a\",\"b\"],\"properties\":{\"n\":5,\"plan\":\"pro\"}}},"
                        + "\"range\":{\"lastSeconds\":3600}}");
    }

    @Test
    void differentRequestsHaveDifferentKeys() {
        Map<String, @Nullable Object> missing = new HashMap<>();
        missing.put("a", null);
        List<MetricRequest> requests = List.of(
                request(count(Map.of())),
                request(count(Map.of("name", List.of()))),
                request(count(Map.of("name", ""))),
                request(count(Map.of("name", "a"))),
                request(count(Map.of("name", "\"a\""))),
                request(count(Map.of("properties", Map.of("a", "5")))),
                request(count(Map.of("properties", Map.of("a", 5.0)))),
                request(count(Map.of("properties", Map.of("a", true)))),
                request(count(Map.of("properties", missing))),
                request(Map.of("kind", "uniqueUsers", "match", Map.of())));

        assertThat(requests).doesNotHaveDuplicates();
        assertThat(requests.stream().map(MetricRequest::canonicalText)).doesNotHaveDuplicates();
    }

    @Test
    void rendersEveryKindToWhatItParses() {
        for (Object metric : List.of(
                count(Map.of("name", "a", "properties", Map.of("a.b", false))),
                Map.of("kind", "uniqueUsers", "match", Map.of("eventType", "error_occurred")),
                Map.of("kind", "activeSessions", "windowSeconds", 300.0),
                Map.of("kind", "ratio", "numerator", Map.of("name", "a"), "denominator", Map.of()),
                breakdown("name", 10),
                breakdown("properties.plan", 10),
                funnel(3),
                percentile(0.5, 0.99))) {
            MetricRequest request = request(metric);
            assertThat(MetricRequest.parse(request.toPlain())).isEqualTo(request);
            assertThat(request.toPlain().get("metric")).isEqualTo(metric);
        }
    }

    @Test
    void activeSessionsNeedNoRange() {
        Map<String, Object> metric = Map.of("kind", "activeSessions", "windowSeconds", 300.0);

        assertThat(MetricRequest.parse(Map.of("metric", metric))).isEqualTo(request(metric));
    }

    @Test
    void filtersNarrowEveryMatch() {
        Map<String, Object> ratio =
                Map.of("kind", "ratio", "numerator", Map.of("eventType", "error_occurred"), "denominator", Map.of());
        MetricRequest request = MetricRequest.parse(
                Map.of("metric", ratio, "range", LAST_HOUR, "filters", Map.of("name", List.of("a", "b"))));

        assertThat(request.metric())
                .isEqualTo(new Metric.Ratio(
                        Match.of(EventType.ERROR_OCCURRED).and(Match.ofNames("a", "b")), Match.ofNames("a", "b")));
    }

    @Test
    void contradictionMatchesNothing() {
        assertThat(Match.of(EventType.PAGE_VIEW).and(Match.of(EventType.FEATURE_USED)))
                .isEqualTo(Match.NONE);
        assertThat(Match.ofNames("a").and(Match.ofNames("b"))).isEqualTo(Match.NONE);
        assertThat(Match.ofNames("a", "b").and(Match.ofNames("b", "c"))).isEqualTo(Match.ofNames("b"));
        assertThat(MetricRequest.parseMatch("m", Map.of("properties", Map.of("a", 1.0)))
                        .and(MetricRequest.parseMatch("m", Map.of("properties", Map.of("a", 2.0)))))
                .isEqualTo(Match.NONE);
        assertThat(Match.NONE.acceptsTypeAndName(EventType.PAGE_VIEW, "a")).isFalse();
    }

    @Test
    void rowsOrderByCountThenByCodePoint() {
        BreakdownRow latin = new BreakdownRow("\uFF21", 1, 1);
        BreakdownRow emoji = new BreakdownRow("\uD83D\uDE00", 1, 1);
        BreakdownRow frequent = new BreakdownRow("z", 2, 1);
        List<BreakdownRow> rows = Arrays.asList(emoji, latin, frequent);

        rows.sort(BreakdownRow.ORDER);

        assertThat(rows).containsExactly(frequent, latin, emoji);
    }

    @Test
    void resultsRenderAsTheContractSays() {
        TimeWindow window = new TimeWindow(Interval.SECOND, 10, 2);
        MetricResult series = new MetricResult.Series(3, window, new double[] {1, 2}, new ResultQuality(true, false));
        MetricResult rows =
                new MetricResult.BreakdownRows(List.of(new BreakdownRow("a", 2, 1)), 4, ResultQuality.EXACT);

        assertThat(series.toPlain())
                .isEqualTo(Map.of(
                        "total",
                        3.0,
                        "points",
                        List.of(Map.of("t", 10_000.0, "value", 1.0), Map.of("t", 11_000.0, "value", 2.0)),
                        "approximate",
                        true));
        assertThat(rows.toPlain())
                .isEqualTo(Map.of(
                        "rows", List.of(Map.of("key", "a", "count", 2.0, "uniqueUsers", 1.0)), "otherCount", 4.0));
        assertThat(new MetricResult.Sessions(7, ResultQuality.EXACT).toPlain()).isEqualTo(Map.of("total", 7.0));
    }
}
