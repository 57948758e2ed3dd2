package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole real log; the expected numbers were counted by a separate script. */
final class DemoLogTest {
    private static final Duration SHIFT = Duration.ofDays(3650);

    private static AccessLog log;
    private static List<ImportEvent> events;
    private static List<Map<?, ?>> objects;

    @BeforeAll
    static void readTheLog() throws Exception {
        log = AccessLog.scan(DemoLog.open());
        events = Sources.events(AccessLogSource.open(log, SHIFT));
        objects = new ArrayList<>();
        for (ImportEvent event : events) {
            objects.add((Map<?, ?>) JsonValues.parse(event.json()));
        }
    }

    @Test
    void theScanFindsTheTimesAndTheSite() {
        assertThat(log.requests()).isEqualTo(10_000);
        assertThat(log.firstTime()).contains(Instant.parse("2015-05-17T10:05:00Z"));
        assertThat(log.lastTime()).contains(Instant.parse("2015-05-20T21:05:59Z"));
        assertThat(log.site()).isEqualTo(new SiteHosts("semicomplete.com"));
    }

    @Test
    void everyLineIsOneEvent() {
        assertThat(events).hasSize(10_000);
        assertThat(events)
                .extracting(ImportEvent::lineNumber)
                .startsWith(1L, 2L)
                .endsWith(9_999L, 10_000L);
        assertThat(countBy(object -> text(object, "event_type")))
                .isEqualTo(Map.of(
                        "error_occurred", 220L,
                        "conversion_step", 1_091L,
                        "feature_used", 6_257L,
                        "page_view", 2_432L));
    }

    @Test
    void theRulesGiveTheseNames() {
        assertThat(countBy(object -> text(object, "event_type").equals("page_view") ? "page" : text(object, "name")))
                .isEqualTo(Map.ofEntries(
                        Map.entry("page", 2_432L),
                        Map.entry("404", 213L),
                        Map.entry("500", 3L),
                        Map.entry("403", 2L),
                        Map.entry("416", 2L),
                        Map.entry("entry", 666L),
                        Map.entry("project", 303L),
                        Map.entry("download", 122L),
                        Map.entry("feed", 901L),
                        Map.entry("asset:png", 2_320L),
                        Map.entry("asset:css", 1_458L),
                        Map.entry("asset:ico", 808L),
                        Map.entry("asset:jpg", 257L),
                        Map.entry("asset:js", 250L),
                        Map.entry("asset:gif", 152L),
                        Map.entry("asset:ttf", 86L),
                        Map.entry("asset:svg", 20L),
                        Map.entry("asset:jpeg", 4L),
                        Map.entry("asset:woff", 1L)));
        assertThat(countBy(object -> text(object, "name")))
                .containsEntry("/", 209L)
                .containsEntry("/robots.txt", 180L);
    }

    /** No conversion takes an asset away, so that they are all there once the error rule is left out. */
    @Test
    void beforeTheErrorRuleTheAssetsAreTheStatedNumber() throws ImportException {
        AccessLogMapping mapping = new AccessLogMapping(log.site());
        CombinedLogParser parser = new CombinedLogParser();
        long assets = 0;
        try (NumberedLines lines = new NumberedLines(log.file())) {
            for (Optional<NumberedLines.NumberedLine> line = lines.next(); line.isPresent(); line = lines.next()) {
                ParsedLine parsed = parser.parse(1, line.orElseThrow().text());
                AccessLogLine request = ((ParsedLine.Request) parsed).line();
                assets += mapping.map(withStatus(request, 200)).name().startsWith("asset:") ? 1 : 0;
            }
        }
        assertThat(assets).isEqualTo(5_406);
    }

    @Test
    void usersAndSessionsAreTheseMany() {
        assertThat(countBy(object -> text(object, "user_id"))).hasSize(1_862);
        assertThat(countBy(object -> text(object, "session_id"))).hasSize(3_224);
        assertThat(text(objects.getFirst(), "user_id")).isEqualTo("ad3cf7ae1eb7983ed31ce636e9c989da");
    }

    @Test
    void theIdsAreThoseOfTheRule() {
        Set<UUID> ids = new HashSet<>();
        events.forEach(event -> ids.add(event.eventId().orElseThrow()));
        assertThat(ids).hasSize(10_000);
        assertThat(idOfLine(1)).isEqualTo(UUID.fromString("7c185731-17cc-508c-9ba3-e470d034b1db"));
        assertThat(idOfLine(8_899)).isEqualTo(UUID.fromString("3f80a4c5-b568-5f85-8a07-9178589c8469"));
        assertThat(new ImportEventIds(log.file()).of(1, 2))
                .isEqualTo(UUID.fromString("56419cf1-0bc9-5930-a4db-ed54421eb3d0"));
    }

    @Test
    void equalLinesAreEventsOfTheirOwn() {
        Set<Map<?, ?>> withoutIds = new HashSet<>();
        for (Map<?, ?> object : objects) {
            Map<?, ?> copy = new HashMap<>(object);
            copy.remove("event_id");
            withoutIds.add(copy);
        }
        assertThat(withoutIds).hasSizeLessThan(10_000 - 18);
    }

    @Test
    void readingAgainGivesTheSame() throws ImportException {
        assertThat(Sources.events(AccessLogSource.open(AccessLog.scan(DemoLog.open()), SHIFT)))
                .isEqualTo(events);
    }

    @Test
    void theCutLineIsAnEventWithWhatIsThere() {
        assertThat(events.get(8_898).json())
                .isEqualTo("{\"event_type\":\"page_view\",\"name\":\"/scripts/grok-py-test/configlib.py\","
                        + "\"user_id\":\"" + text(objects.get(8_898), "user_id") + "\","
                        + "\"session_id\":\""
                        + text(objects.get(8_898), "session_id") + "\","
                        + "\"timestamp\":\"2025-05-17T12:05:17Z\","
                        + "\"event_id\":\"3f80a4c5-b568-5f85-8a07-9178589c8469\","
                        + "\"properties\":{\"$pass\":1,\"path\":\"/scripts/grok-py-test/configlib.py\",\"method\":\"GET\","
                        + "\"status\":200,\"bytes\":235,\"agent_family\":\"bot\"}}");
    }

    private static String text(Map<?, ?> object, String field) {
        return String.valueOf(object.get(field));
    }

    private static UUID idOfLine(int line) {
        return events.get(line - 1).eventId().orElseThrow();
    }

    private static AccessLogLine withStatus(AccessLogLine line, int status) {
        return new AccessLogLine(
                line.lineNumber(),
                line.address(),
                line.time(),
                line.method(),
                line.target(),
                line.protocol(),
                status,
                line.bytes(),
                line.referrer(),
                line.agent());
    }

    private static Map<String, Long> countBy(Function<Map<?, ?>, String> key) {
        return objects.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.counting()));
    }
}
