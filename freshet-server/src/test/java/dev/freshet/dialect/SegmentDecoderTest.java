package dev.freshet.dialect;

import static dev.freshet.dialect.DialectWorld.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.dialect.DialectWorld.Event;
import dev.freshet.dialect.DialectWorld.Rows;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventType;
import dev.freshet.event.ProfileChange;
import dev.freshet.ingest.SentMarks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SegmentDecoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DialectWorld world = new DialectWorld();

    private static JsonNode properties(Event event) {
        try {
            return JSON.readTree(event.properties());
        } catch (IOException e) {
            throw new AssertionError(event.properties(), e);
        }
    }

    @Test
    void aBatchOfAnalyticsNodeBecomesItsEvents() throws IOException {
        Rows rows = world.segment("""
                {"batch":[{"timestamp":"2026-03-05T11:59:58.123Z","integrations":{},"type":"track","userId":"u1",
                  "event":"Report Exported","properties":{"format":"pdf","pages":3},
                  "context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"}},
                  "messageId":"node-next-1772711998123-6a2b9c04-6d0e-4f0a-9a63-7c5bb1c5c0de",
                  "_metadata":{"nodeVersion":"22"}},
                 {"type":"page","anonymousId":"a1","name":null,"properties":{"path":"/orders/8812/items","category":"Shop"},
                  "context":{"page":{"url":"https://shop.example/orders/8812/items?x=1"}},"messageId":"m2",
                  "timestamp":"2026-03-05T11:59:59.000Z"}],
                 "sentAt":"2026-03-05T12:00:00.000Z","writeKey":"fwk_one"}""");

        assertThat(rows.team()).isEqualTo(DialectWorld.TEAM);
        assertThat(rows.events()).hasSize(2);
        Event track = rows.events().getFirst();
        assertThat(track.type()).isEqualTo(EventType.FEATURE_USED);
        assertThat(track.name()).isEqualTo("Report Exported");
        assertThat(track.user()).isEqualTo("u1");
        assertThat(track.session()).isEmpty();
        assertThat(track.at()).isEqualTo("2026-03-05T11:59:58.123Z");
        assertThat(track.id().version()).isEqualTo(5);
        assertThat(track.properties())
                .isEqualTo("{\"format\":\"pdf\",\"pages\":3,\"$sdk\":\"@segment/analytics-node/3.1.0\","
                        + "\"$mapped_by\":\"default\"}");
        Event page = rows.events().getLast();
        assertThat(page.type()).isEqualTo(EventType.PAGE_VIEW);
        assertThat(page.name()).isEqualTo("/orders/:id/items");
        assertThat(page.user()).isEqualTo("a1");
        assertThat(properties(page).path("$path").textValue()).isEqualTo("/orders/8812/items");
        assertThat(properties(page).path("$url").textValue()).isEqualTo("https://shop.example/orders/8812/items?x=1");
    }

    @Test
    void theKeyMayStandBehindTheMessagesAsJavaSendsIt() {
        Rows rows = DialectWorld.rows(world.segment, DialectWorld.withoutHeaderKeys("""
                        {"batch":[{"type":"track","messageId":"6a2b9c04-6d0e-4f0a-9a63-7c5bb1c5c0de","userId":"u",
                        "event":"A","timestamp":"2026-03-05T11:59:58.123Z"}],"sentAt":"2026-03-05T12:00:00.000Z",
                        "context":{"library":{"name":"analytics-java","version":"3.5.4"}},"sequence":1,
                        "writeKey":"fwk_one"}"""));

        assertThat(rows.event().id()).hasToString("6a2b9c04-6d0e-4f0a-9a63-7c5bb1c5c0de");
        assertThat(rows.event().properties()).contains("\"$sdk\":\"analytics-java/3.5.4\"");
    }

    @Test
    void aHeadersKeyComesBeforeTheBodysAndAnUnknownOneGivesWay() {
        String body = "{\"writeKey\":\"fwk_two\",\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\"}";
        assertThat(world.segment(body).team()).isEqualTo(DialectWorld.TEAM);
        DialectRequest unknownHeader = new DialectRequest(
                body.getBytes(StandardCharsets.UTF_8),
                List.of("nobody's"),
                Optional.empty(),
                OptionalLong.empty(),
                false,
                NOW.toEpochMilli());
        assertThat(DialectWorld.rows(world.segment, unknownHeader).team()).isEqualTo("team two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"batch\":[]}",
                "{\"batch\":[],\"writeKey\":\"nobody's\"}",
                "{\"type\":\"track\",\"writeKey\":7}"
            })
    void withoutAKnownKeyNothingIsTaken(String body) {
        assertThat(catchThrowableOfType(
                                DialectException.class,
                                () -> world.segment.decode(DialectWorld.withoutHeaderKeys(body)))
                        .code())
                .isEqualTo(DialectException.Code.UNKNOWN_KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "7",
                "\"text\"",
                "{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\"}",
                "{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\"},]}",
                "[] []",
                "{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\\q\"}]}"
            })
    void aFaultOfTheSyntaxCostsTheWholeBody(String body) {
        assertThat(catchThrowableOfType(DialectException.class, () -> world.segment.decode(DialectWorld.request(body)))
                        .code())
                .isEqualTo(DialectException.Code.INVALID_BODY);
    }

    @Test
    void oneWrongMessageBecomesADeadLetterAndTheOthersGoOn() {
        Rows rows = world.segment("""
                {"writeKey":"fwk_one","batch":[{"type":"track","userId":"u","event":"A"},{"type":"track","event":"B"},7,
                {"type":"track","userId":"u"},{"type":"nonsense","userId":"u"},{"type":"group","userId":"u"},
                {"type":"alias","userId":"u"},{"userId":"u","event":"C"},
                {"type":"track","userId":"u","event":"old","writeKey":"fwk_one","timestamp":"2025-12-01T00:00:00Z"},
                {"type":"track","userId":"u","event":"Z"}]}""");

        assertThat(rows.events()).extracting(Event::name).containsExactly("A", "Z");
        assertThat(rows.deadLetters())
                .extracting(letter -> letter.dialect() + " " + letter.code() + " "
                        + letter.body().strip())
                .containsExactly(
                        "segment missing_field {\"type\":\"track\",\"event\":\"B\"}",
                        "segment not_an_object 7",
                        "segment missing_field {\"type\":\"track\",\"userId\":\"u\"}",
                        "segment unknown_event_type {\"type\":\"nonsense\",\"userId\":\"u\"}",
                        "segment missing_field {\"type\":\"group\",\"userId\":\"u\"}",
                        "segment missing_field {\"type\":\"alias\",\"userId\":\"u\"}",
                        "segment missing_field {\"userId\":\"u\",\"event\":\"C\"}",
                        "segment timestamp_out_of_range {\"type\":\"track\",\"userId\":\"u\",\"event\":\"old\","
                                + "\"writeKey\":\"[write key]\",\"timestamp\":\"2025-12-01T00:00:00Z\"}");
        assertThat(rows.deadLetters())
                .allSatisfy(letter -> assertThat(letter.message()).endsWith("."));
    }

    @Test
    void noKeyIsKeptWithARefusedMessageWhereverItStands() {
        Rows rows = world.segment("""
                {"batch":[{"type":"track","userId":"u","writeKey":"chosen by an operator"},
                {"type":"track","userId":"u","properties":{"url":"https://x/?k=fwk_one"}},
                {"type":"track","userId":"u","context":{"writeKey":"another"},"properties":{"kept":"kept"}}]}""");

        assertThat(rows.deadLetters())
                .extracting(DeadLetter::body)
                .containsExactly(
                        "{\"type\":\"track\",\"userId\":\"u\",\"writeKey\":\"[write key]\"}",
                        "{\"type\":\"track\",\"userId\":\"u\",\"properties\":{\"url\":\"https://x/?k=[write key]\"}}",
                        "{\"type\":\"track\",\"userId\":\"u\",\"context\":{\"writeKey\":\"[write key]\"},"
                                + "\"properties\":{\"kept\":\"kept\"}}");
    }

    @Test
    void theKeyOfTheHeaderIsNotKeptWithARefusedMessage() {
        Rows rows = DialectWorld.rows(
                new SegmentDecoder(DialectWorld.parts(Map.of("chosen", DialectWorld.TEAM))),
                new DialectRequest(
                        "{\"type\":\"track\",\"userId\":\"u\",\"x\":\"chosen, unknown\"}"
                                .getBytes(StandardCharsets.UTF_8),
                        List.of("unknown", "chosen"),
                        Optional.empty(),
                        OptionalLong.empty(),
                        false,
                        DialectWorld.NOW.toEpochMilli()));

        assertThat(rows.deadLetter().body())
                .isEqualTo("{\"type\":\"track\",\"userId\":\"u\",\"x\":\"[write key], unknown\"}");
    }

    @Test
    void aKeyAcrossTheEndOfWhatIsKeptOfAMessageLeavesNoBeginning() {
        String key = "acme-prod-123";
        String start = "{\"type\":\"track\",\"userId\":\"u\",\"x\":\"";
        String message = start + "a".repeat(DeadLetter.MOST_BODY_BYTES - start.length() - 9) + key + "\"}";
        Rows rows = DialectWorld.rows(
                new SegmentDecoder(DialectWorld.parts(Map.of(key, DialectWorld.TEAM))),
                new DialectRequest(
                        message.getBytes(StandardCharsets.UTF_8),
                        List.of(key),
                        Optional.empty(),
                        OptionalLong.empty(),
                        false,
                        DialectWorld.NOW.toEpochMilli()));

        assertThat(rows.deadLetter().body()).endsWith("a[write key]").doesNotContain("acme");
    }

    @Test
    void theTypeMayComeFromThePath() {
        DialectRequest request = new DialectRequest(
                "{\"userId\":7,\"event\":\"A\"}".getBytes(StandardCharsets.UTF_8),
                List.of(DialectWorld.KEY),
                Optional.of("track"),
                OptionalLong.empty(),
                false,
                NOW.toEpochMilli());

        Event event = DialectWorld.rows(world.segment, request).event();

        assertThat(event.name()).isEqualTo("A");
        assertThat(event.user()).isEqualTo("7");
        assertThat(event.at()).isEqualTo(NOW);
        assertThat(event.id().version()).isEqualTo(7);
    }

    @Test
    void aMessageIdThatIsNoUuidIsOneIdInItsTeamAndDialect() {
        String message = "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\",\"messageId\":\"m1\"%s}";
        String segment = message.formatted("");
        String rudder = message.formatted(",\"channel\":\"server\"");

        Event first = world.segment(segment).event();

        assertThat(world.segment(segment).event().id()).isEqualTo(first.id());
        assertThat(world.segment(rudder).event().id()).isNotEqualTo(first.id());
        assertThat(DialectWorld.rows(
                                world.segment,
                                DialectWorld.withoutHeaderKeys(segment.replace("}", ",\"writeKey\":\"fwk_two\"}")))
                        .event()
                        .id())
                .isNotEqualTo(first.id());
    }

    @Test
    void identifyGroupAndAliasChangeProfilesAndAreNoEvents() {
        Rows rows = world.segment("""
                [{"type":"identify","userId":"u","traits":{"plan":"pro"},"context":{"traits":{"plan":"old","age":7}},
                  "messageId":"m1","timestamp":"2026-03-05T11:00:00Z"},
                 {"type":"group","userId":"u","groupId":42,"traits":{"name":"Acme"}},
                 {"type":"alias","userId":"u","previousId":"a"},
                 {"type":"identify","anonymousId":"a","traits":null}]""");

        assertThat(rows.events()).isEmpty();
        assertThat(rows.deadLetters()).isEmpty();
        assertThat(rows.changes())
                .extracting(DialectWorld.Change::change)
                .containsExactly(
                        change(
                                ProfileChange.Kind.IDENTIFY,
                                "",
                                "2026-03-05T11:00:00Z",
                                "{\"set\":{\"plan\":\"pro\",\"age\":7}}"),
                        change(ProfileChange.Kind.GROUP, "42", "2026-03-05T12:00:00Z", "{\"set\":{\"name\":\"Acme\"}}"),
                        change(ProfileChange.Kind.ALIAS, "a", "2026-03-05T12:00:00Z", "{}"),
                        new ProfileChange(
                                DialectWorld.TEAM, ProfileChange.Kind.IDENTIFY, "a", "", NOW.toEpochMilli(), "{}"));
        assertThat(rows.changes().getFirst().id().version()).isEqualTo(5);
    }

    private static ProfileChange change(ProfileChange.Kind kind, String otherId, String at, String traits) {
        return new ProfileChange(
                DialectWorld.TEAM,
                kind,
                "u",
                otherId,
                java.time.Instant.parse(at).toEpochMilli(),
                traits);
    }

    @Test
    void rudderStacksOriginalTimestampCounts() {
        Event event = world.segment("""
                {"batch":[{"type":"track","userId":"u","event":"A","channel":"server","timestamp":"2026-03-05T11:59:59Z",
                "originalTimestamp":"2026-03-05T11:00:00Z","sentAt":"2026-03-05T12:00:00Z"}]}""").event();

        assertThat(event.at()).isEqualTo("2026-03-05T11:00:00Z");
        assertThat(world.metrics.messages(Dialect.RUDDERSTACK)).isEqualTo(1);
        assertThat(world.metrics.messages(Dialect.SEGMENT)).isZero();
    }

    @Test
    void aBrowsersClockIsCorrectedAndAServersIsNot() {
        String batch = """
                {"batch":[{"type":"track","userId":"u","event":"A","timestamp":"2026-03-05T10:59:00Z",
                "context":{"library":{"name":"%s"}}}],"sentAt":"2026-03-05T11:00:00Z"}""";

        assertThat(world.segment(batch.formatted("analytics.js")).event().at()).isEqualTo("2026-03-05T11:59:00Z");
        assertThat(world.segment(batch.formatted("analytics-java")).event().at())
                .isEqualTo("2026-03-05T10:59:00Z");
    }

    @Test
    void aFutureTimeBecomesTheTimeOfReceipt() {
        assertThat(world.segment(
                                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\",\"timestamp\":\"2031-01-01T00:00:00Z\"}")
                        .event()
                        .at())
                .isEqualTo(NOW);
        assertThat(world.segment("{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\",\"timestamp\":\"soon\"}")
                        .event()
                        .at())
                .isEqualTo(NOW);
    }

    @Test
    void namesAndIdsAreCutToTwoHundredCharacters() {
        String text = "😀".repeat(201);

        Event event = world.segment(
                        "{\"type\":\"track\",\"userId\":\"%s\",\"event\":\"%s\",\"context\":{\"sessionId\":\"%s\"}}"
                                .formatted(text, text, text))
                .event();

        String cut = "😀".repeat(200);
        assertThat(event.name()).isEqualTo(cut);
        assertThat(event.user()).isEqualTo(cut);
        assertThat(event.session()).isEqualTo(cut);
    }

    @Test
    void propertiesThatAreTooLargeLoseTheirLargestFields() throws IOException {
        Event event = world.segment(
                        "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\",\"properties\":{\"small\":1,\"large\":\"%s\",\"larger\":\"%s\"}}"
                                .formatted("a".repeat(130_000), "b".repeat(140_000)))
                .event();

        JsonNode properties = properties(event);
        assertThat(properties.fieldNames()).toIterable().containsExactly("small", "large", "$mapped_by", "_truncated");
    }

    @Test
    void brokenTextIsMended() throws IOException {
        Event event = world.segment("{\"type\":\"track\",\"userId\":\"u\\u0000\",\"event\":\"a\\ud800b\","
                        + "\"properties\":{\"n\\u0000\":\"\\udc00\\ud83d\\ude00\\u0000\"}}")
                .event();
        byte[] invalid = "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"a?\"}".getBytes(StandardCharsets.UTF_8);
        invalid[invalid.length - 3] = (byte) 0xff;

        assertThat(event.user()).isEqualTo("u");
        assertThat(event.name()).isEqualTo("a\ufffdb");
        assertThat(properties(event).path("n").textValue()).isEqualTo("\ufffd😀");
        assertThat(DialectWorld.rows(world.segment, DialectWorld.request(invalid))
                        .event()
                        .name())
                .isEqualTo("a\ufffd");
    }

    @ParameterizedTest
    @CsvSource({
        "18446744073709551615, 18446744073709551615",
        "18446744073709551616, \"18446744073709551616\"",
        "-9223372036854775808, -9223372036854775808",
        "1e400, \"1e400\"",
        "1.5, 1.5"
    })
    void numbersNobodyCanHoldBecomeText(String sent, String kept) {
        Event event = world.segment("{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\",\"properties\":{\"n\":%s}}"
                        .formatted(sent))
                .event();

        assertThat(event.properties()).startsWith("{\"n\":" + kept + ",");
    }

    @Test
    void deepAndHugeMessagesLoseWhatIsTooMuch() throws IOException {
        String deep = "[".repeat(500) + "]".repeat(500);
        String many = "[" + "[],".repeat(200_000) + "1]";

        Rows rows = world.segment("""
                [{"type":"track","userId":"u","event":"deep","properties":{"deep":%s,"flat":1}},
                 {"type":"track","properties":{"many":%s},"userId":"u","event":"many"},
                 {"type":"track","userId":"u","event":"next","properties":{"flat":1}}]""".formatted(deep, many));

        assertThat(rows.events()).extracting(Event::name).containsExactly("deep", "many", "next");
        assertThat(properties(rows.events().get(0)).path("_truncated").booleanValue())
                .isTrue();
        assertThat(properties(rows.events().get(0)).path("flat").intValue()).isEqualTo(1);
        assertThat(properties(rows.events().get(1)).path("_truncated").booleanValue())
                .isTrue();
        assertThat(properties(rows.events().get(2)).has("_truncated")).isFalse();
    }

    @Test
    void moreMessagesThanTheLimitAreTooLarge() {
        String most = "[" + "0,".repeat(DialectDecoder.MESSAGE_LIMIT - 1) + "0]";

        assertThat(world.segment(most).deadLetters()).hasSize(DialectDecoder.MESSAGE_LIMIT);
        assertThat(catchThrowableOfType(
                                DialectException.class,
                                () -> world.segment.decode(DialectWorld.request(most.replace("[0", "[0,0"))))
                        .code())
                .isEqualTo(DialectException.Code.TOO_LARGE);
    }

    @Test
    void anEnvelopeThatSaysMuchForManyMessagesIsRefusedBeforeItFillsTheMemory() {
        String campaign = IntStream.range(0, 16)
                .mapToObj(field -> "\"c%d\":\"%s\"".formatted(field, "日".repeat(2_000)))
                .collect(Collectors.joining(","));
        String messages = "{\"type\":\"page\",\"userId\":\"u\"},".repeat(DialectDecoder.MESSAGE_LIMIT - 1);
        String body = "{\"context\":{\"campaign\":{%s}},\"batch\":[%s{}]}".formatted(campaign, messages);

        DialectException refusal =
                catchThrowableOfType(DialectException.class, () -> world.segment.decode(DialectWorld.request(body)));

        assertThat(refusal.code()).isEqualTo(DialectException.Code.TOO_LARGE);
        assertThat(refusal).hasMessageContaining("once each event is whole");
    }

    @Test
    void aCampaignIsKeptUnderTheNamesOfTheUrlsParameters() throws IOException {
        Event event = world.segment("""
                {"type":"page","userId":"u","name":"Pricing","properties":{"utm_medium":"own"},"context":{"campaign":
                {"name":"spring","source":"news","medium":"email","id":7,"nested":{"a":1},"term":null}}}""").event();

        assertThat(properties(event))
                .isEqualTo(JSON.readTree("{\"utm_medium\":\"own\",\"utm_campaign\":\"spring\",\"utm_source\":\"news\","
                        + "\"utm_id\":\"7\",\"$mapped_by\":\"page\"}"));
    }

    @Test
    void aCampaignOfTheEnvelopeIsOfAllItsMessages() {
        Rows rows = world.segment("""
                {"context":{"campaign":{"source":"news"}},"batch":[{"type":"track","userId":"u","event":"A"},
                {"type":"track","userId":"u","event":"B","context":{"campaign":{"source":"own"}}}]}""");

        assertThat(rows.events())
                .extracting(event -> properties(event).path("utm_source").textValue())
                .containsExactly("news", "own");
    }

    @Test
    void onlyIdsThatTheSenderGaveCanComeAgain() throws DialectException {
        SentMarks sent =
                world.segment.decode(DialectWorld.request("""
                        [{"type":"track","userId":"u","event":"A","messageId":"m1","timestamp":"2026-03-05T11:59:59Z"},
                        {"type":"track","userId":"u","event":"B"},
                        {"type":"track","event":"nobody did it","messageId":"m3"},
                        {"type":"identify","userId":"u","messageId":"m4"},
                        {"type":"identify","userId":"u"}]""")).events().sent();

        assertThat(IntStream.range(0, 5).filter(sent::isIdSent)).containsExactly(0, 3);
    }

    @Test
    void anErrorKeepsItsMessage() throws IOException {
        Event event = world.segment("""
                {"type":"track","userId":"u","event":"Payment","properties":{"handled":true,
                "error":{"code":"E42","message":"no funds"}}}""").event();

        assertThat(event.type()).isEqualTo(EventType.ERROR_OCCURRED);
        assertThat(event.name()).isEqualTo("E42");
        assertThat(properties(event).path("$message").textValue()).isEqualTo("no funds");
        assertThat(properties(event).path("$handled").booleanValue()).isTrue();
    }

    @Test
    void browsersGetASessionByThirtyMinutesOfSilence() {
        String message = """
                {"type":"page","anonymousId":"a","timestamp":"%s","context":{"library":{"name":"analytics.js"}}}""";

        String first = session(message, Duration.ofHours(2));
        String within = session(message, Duration.ofMinutes(91));
        String later = session(message, Duration.ofMinutes(60));

        assertThat(first).isNotEmpty().isEqualTo(within).isNotEqualTo(later);
    }

    private String session(String message, Duration ago) {
        return world.segment(message.formatted(NOW.minus(ago))).event().session();
    }
}
