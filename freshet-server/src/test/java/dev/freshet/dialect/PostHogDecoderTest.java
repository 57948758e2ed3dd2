package dev.freshet.dialect;

import static dev.freshet.dialect.DialectWorld.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.dialect.DialectWorld.Change;
import dev.freshet.dialect.DialectWorld.Event;
import dev.freshet.dialect.DialectWorld.Rows;
import dev.freshet.event.EventType;
import dev.freshet.event.ProfileChange;
import dev.freshet.ingest.SentMarks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PostHogDecoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DialectWorld world = new DialectWorld();

    private static JsonNode properties(Event event) throws IOException {
        return JSON.readTree(event.properties());
    }

    private Rows byBodyKey(String body) {
        return DialectWorld.rows(world.postHog, DialectWorld.withoutHeaderKeys(body));
    }

    @Test
    void aBatchOfPostHogNodeBecomesItsEvents() throws IOException {
        Event event = byBodyKey("""
                {"api_key":"fwk_one","batch":[{"distinct_id":"u1","event":"report exported","type":"capture",
                "library":"posthog-node","properties":{"format":"pdf","$lib":"posthog-node","$lib_version":"5.70.0"},
                "timestamp":"2026-03-05T11:59:58.000Z","uuid":"0195667c-7d3e-7c1e-8d5b-1f2a3b4c5d6e"}],
                "sent_at":"2026-03-05T11:00:00Z"}""").event();

        assertThat(event.id()).hasToString("0195667c-7d3e-7c1e-8d5b-1f2a3b4c5d6e");
        assertThat(event.type()).isEqualTo(EventType.FEATURE_USED);
        assertThat(event.name()).isEqualTo("report exported");
        assertThat(event.user()).isEqualTo("u1");
        assertThat(event.at()).isEqualTo("2026-03-05T11:59:58Z");
        assertThat(event.session()).isEmpty();
        assertThat(properties(event).path("$sdk").textValue()).isEqualTo("posthog-node/5.70.0");
    }

    @Test
    void aPageViewOfPostHogJsKeepsWhatItSaysButTheKey() throws IOException {
        Event event = byBodyKey("""
                {"event":"$pageview","uuid":"0195667c-7d3e-7c1e-8d5b-1f2a3b4c5d6e","properties":{"token":"fwk_one",
                "distinct_id":"d1","$current_url":"https://app.example/users/812?tab=1","$pathname":"/users/812",
                "$session_id":"s1","$lib":"web","$lib_version":"1.449.2","$browser":"Chrome"},
                "timestamp":"2026-03-05T11:59:59Z"}""").event();

        assertThat(event.type()).isEqualTo(EventType.PAGE_VIEW);
        assertThat(event.name()).isEqualTo("/users/:id");
        assertThat(event.user()).isEqualTo("d1");
        assertThat(event.session()).isEqualTo("s1");
        JsonNode properties = properties(event);
        assertThat(properties.path("$path").textValue()).isEqualTo("/users/812");
        assertThat(properties.path("$url").textValue()).isEqualTo("https://app.example/users/812?tab=1");
        assertThat(properties.path("$browser").textValue()).isEqualTo("Chrome");
        assertThat(properties.path("$mapped_by").textValue()).isEqualTo("pageview");
        assertThat(event.properties()).doesNotContain("fwk_one");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"api_key\":\"fwk_one\",\"event\":\"A\",\"distinct_id\":\"u\"}",
                "{\"token\":\"fwk_one\",\"event\":\"A\",\"distinct_id\":\"u\"}",
                "{\"$token\":\"fwk_one\",\"event\":\"A\",\"$distinct_id\":\"u\"}",
                "{\"event\":\"A\",\"properties\":{\"token\":\"fwk_one\",\"distinct_id\":\"u\"}}",
                "[{\"event\":\"A\",\"properties\":{\"token\":\"fwk_one\",\"distinct_id\":\"u\"}}]",
                "{\"batch\":[{\"event\":\"A\",\"properties\":{\"token\":\"fwk_one\",\"distinct_id\":\"u\"}}]}",
                "{\"batch\":[{\"event\":\"A\",\"distinct_id\":\"u\"}],\"api_key\":\"fwk_one\"}"
            })
    void theKeyIsFoundWhereverItIs(String body) {
        Rows rows = byBodyKey(body);

        assertThat(rows.team()).isEqualTo(DialectWorld.TEAM);
        assertThat(rows.event().name()).isEqualTo("A");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"event\":\"A\",\"distinct_id\":\"u\",\"api_key\":\"phx_personal\"}",
                "[{\"event\":\"A\",\"properties\":{\"token\":\"fwk_one\",\"distinct_id\":\"u\"}},"
                        + "{\"event\":\"A\",\"properties\":{\"token\":\"fwk_two\",\"distinct_id\":\"u\"}}]"
            })
    void withoutOneKnownKeyNothingIsTaken(String body) {
        assertThat(catchThrowableOfType(
                                DialectException.class,
                                () -> world.postHog.decode(DialectWorld.withoutHeaderKeys(body)))
                        .code())
                .isEqualTo(DialectException.Code.UNKNOWN_KEY);
    }

    @Test
    void identifySetsAttributesAndLinksTheAnonymousId() {
        Rows rows = world.postHog("""
                {"event":"$identify","uuid":"0195667c-7d3e-7c1e-8d5b-1f2a3b4c5d6e","properties":{"distinct_id":"u",
                "$anon_distinct_id":"anon","$set_once":{"first":"x"}},"$set":{"plan":"pro"},"$set_once":{"$initial":1}}""");

        assertThat(rows.events()).isEmpty();
        assertThat(rows.changes())
                .extracting(Change::change)
                .containsExactly(
                        change(ProfileChange.Kind.ALIAS, "anon", "{}"),
                        change(
                                ProfileChange.Kind.IDENTIFY,
                                "",
                                "{\"set\":{\"plan\":\"pro\"},\"setOnce\":{\"first\":\"x\",\"$initial\":1}}"));
        assertThat(rows.changes()).extracting(Change::id).doesNotHaveDuplicates();
    }

    @Test
    void groupsAliasesAndSetAreChangesToo() {
        Rows rows = world.postHog("""
                [{"event":"$groupidentify","distinct_id":"u","properties":{"$group_type":"company","$group_key":"acme",
                  "$group_set":{"size":7}}},
                 {"event":"$create_alias","distinct_id":"u","properties":{"alias":"b"}},
                 {"event":"$set","distinct_id":"u","properties":{"$set":{"a":1}}},
                 {"$distinct_id":"u","$set":{"a":2}}]""");

        assertThat(rows.deadLetters()).isEmpty();
        assertThat(rows.events()).isEmpty();
        assertThat(rows.changes())
                .extracting(Change::change)
                .containsExactly(
                        change(ProfileChange.Kind.GROUP, "acme", "{\"set\":{\"size\":7,\"$group_type\":\"company\"}}"),
                        change(ProfileChange.Kind.ALIAS, "b", "{}"),
                        change(ProfileChange.Kind.IDENTIFY, "", "{\"set\":{\"a\":1}}"),
                        change(ProfileChange.Kind.IDENTIFY, "", "{\"set\":{\"a\":2}}"));
    }

    private static ProfileChange change(ProfileChange.Kind kind, String otherId, String traits) {
        return new ProfileChange(DialectWorld.TEAM, kind, "u", otherId, NOW.toEpochMilli(), traits);
    }

    @Test
    void attributesBesideAnEventAreARowOfTheirOwnUnderAnotherId() {
        String body = """
                {"event":"A","uuid":"0195667c-7d3e-7c1e-8d5b-1f2a3b4c5d6e","distinct_id":"u",
                "properties":{"$set":{"plan":"pro"},"x":1}}""";

        Rows rows = world.postHog(body);

        assertThat(rows.change().traits()).isEqualTo("{\"set\":{\"plan\":\"pro\"}}");
        assertThat(rows.changes().getFirst().id()).isNotEqualTo(rows.event().id());
        assertThat(rows.changes()).isEqualTo(world.postHog(body).changes());
        assertThat(rows.event().properties()).doesNotContain("$set");
        assertThat(world.postHog(body.replace("\"x\":1", "\"$process_person_profile\":false"))
                        .changes())
                .isEmpty();
    }

    @Test
    void onlyIdsThatTheSenderGaveCanComeAgain() throws DialectException {
        SentMarks sent =
                world.postHog.decode(DialectWorld.request("""
                        [{"event":"A","distinct_id":"u","uuid":"0195667c-7d3e-7c1e-8d5b-1f2a3b4c5d6e","$set":{"a":1}},
                        {"event":"B","distinct_id":"u","uuid":"","$set":{"a":1}},
                        {"event":"$identify","distinct_id":"u","uuid":"not one","properties":{"$anon_distinct_id":"a"}}]""")).events().sent();

        assertThat(IntStream.range(0, 6).filter(sent::isIdSent)).containsExactly(0, 1, 4, 5);
    }

    @Test
    void noiseIsDroppedAndCounted() {
        Rows rows = world.postHog("""
                [{"event":"$pageleave","distinct_id":"u"},{"event":"$autocapture","distinct_id":"u"},
                {"event":"$web_vitals","distinct_id":"u"},{"event":"$snapshot","distinct_id":"u"},
                {"event":"$$heatmap","distinct_id":"u"},{"event":"$feature_flag_called","distinct_id":"u"}]""");

        assertThat(rows.events()).isEmpty();
        assertThat(rows.deadLetters()).isEmpty();
        assertThat(world.metrics.dropped(Dialect.POSTHOG)).isEqualTo(6);
        assertThat(world.metrics.messages(Dialect.POSTHOG)).isEqualTo(6);
    }

    @Test
    void anExceptionKeepsItsMessageAndWhetherItWasHandled() throws IOException {
        Event event = world.postHog("""
                {"event":"$exception","distinct_id":"u","properties":{"$exception_list":[{"type":"TypeError",
                "value":"x is undefined","mechanism":{"handled":false}}],"$exception_fingerprint":"f1"}}""").event();

        assertThat(event.type()).isEqualTo(EventType.ERROR_OCCURRED);
        assertThat(event.name()).isEqualTo("TypeError");
        assertThat(properties(event).path("$message").textValue()).isEqualTo("x is undefined");
        assertThat(properties(event).path("$handled").booleanValue()).isFalse();
        assertThat(properties(event).path("$fingerprint").textValue()).isEqualTo("f1");
    }

    @Test
    void whatCannotBeAdaptedBecomesADeadLetterThatDoesNotShowTheKey() {
        Rows rows = byBodyKey("""
                [{"event":"A","properties":{"token":"fwk_one","distinct_id":"u"}},
                {"event":"","properties":{"token":"fwk_one","distinct_id":"u"}},
                {"event":"B","properties":{"token":"fwk_one"}}]""");

        assertThat(rows.events()).hasSize(1);
        assertThat(rows.deadLetters()).hasSize(2).allSatisfy(letter -> {
            assertThat(letter.dialect()).isEqualTo("posthog");
            assertThat(letter.code()).isEqualTo("missing_field");
            assertThat(letter.body()).contains("[write key]").doesNotContain("fwk_one");
        });
    }

    @Test
    void theTimeOfSendingMayStandInTheUrl() {
        String body = """
                {"event":"A","distinct_id":"u","timestamp":"2026-03-05T10:59:00Z","properties":{"$lib":"web"%s}}""";

        assertThat(sentAnHourOff(body.formatted(""), false).event().at()).isEqualTo("2026-03-05T11:59:00Z");
        assertThat(sentAnHourOff(body.formatted(""), true).event().at()).isEqualTo("2026-03-05T10:59:00Z");
        assertThat(sentAnHourOff(body.formatted(",\"$ignore_sent_at\":true"), false)
                        .event()
                        .at())
                .isEqualTo("2026-03-05T10:59:00Z");
    }

    private Rows sentAnHourOff(String body, boolean isRetry) {
        return DialectWorld.rows(
                world.postHog,
                new DialectRequest(
                        body.getBytes(StandardCharsets.UTF_8),
                        List.of(DialectWorld.KEY),
                        Optional.empty(),
                        OptionalLong.of(NOW.minusSeconds(3_600).toEpochMilli()),
                        isRetry,
                        NOW.toEpochMilli()));
    }

    @Test
    void anOffsetSaysHowLongAgoItHappened() {
        assertThat(world.postHog("{\"event\":\"A\",\"distinct_id\":\"u\",\"offset\":5000}")
                        .event()
                        .at())
                .isEqualTo(NOW.minusSeconds(5));
    }
}
