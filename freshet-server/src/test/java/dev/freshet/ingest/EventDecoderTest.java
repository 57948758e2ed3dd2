package dev.freshet.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.github.luben.zstd.Zstd;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventType;
import dev.freshet.event.PresentedKeys;
import dev.freshet.event.RejectCode;
import dev.freshet.event.RowKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {
    private static final long NOW = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    private static final String LEAST = "{\"event_type\":\"page_view\",\"user_id\":\"u\"}";

    private final EventDecoder decoder = new EventDecoder(Duration.ofDays(90), new EventIds());

    private record Row(String name, String userId, String sessionId, String properties, long timestampMs, UUID id) {}

    @Test
    void takesEveryField() {
        DecodedEvents decoded = json("""
                {"event_type":"conversion_step","name":"Kasse 🛒","user_id":"u1","anonymous_id":"a1","session_id":"s1",
                 "timestamp":"2026-03-01T11:59:59.5+01:00","event_id":"01890A5D-AC96-774B-BCCE-b302099a8057",
                 "properties": { "a" : [ 1.50 , "x y\\n\\u00e4" , null , {} ] } , "unknown":{"x":[1]}}""");
        assertThat(decoded.rejected()).isEmpty();
        EventCursor cursor = decoded.rows().cursor();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.teamId()).isEqualTo("team");
        assertThat(cursor.eventType()).isEqualTo(EventType.CONVERSION_STEP);
        assertThat(rows(decoded))
                .containsExactly(new Row(
                        "Kasse 🛒",
                        "u1",
                        "s1",
                        "{\"a\":[1.50,\"x y\\n\\u00e4\",null,{}]}",
                        Instant.parse("2026-03-01T10:59:59.5Z").toEpochMilli(),
                        UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057")));
    }

    @Test
    void fillsInTheDefaults() {
        Row row = rows(json("{\"event_type\":\"page_view\",\"anonymous_id\":\"a\",\"user_id\":null,\"name\":null,"
                        + "\"properties\":null,\"timestamp\":null,\"event_id\":null,\"session_id\":null}"))
                .getFirst();
        assertThat(row).isEqualTo(new Row("", "a", "", "{}", NOW, row.id()));
        assertThat(row.id().version()).isEqualTo(7);
        assertThat(row.id().variant()).isEqualTo(2);
        assertThat(row.id().getMostSignificantBits() >>> 16).isEqualTo(NOW);
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                arguments(BodyFormat.JSON, LEAST, 1),
                arguments(BodyFormat.JSON, " \n" + LEAST + "\r\n\t ", 1),
                arguments(BodyFormat.JSON, "\ufeff" + LEAST, 1),
                arguments(BodyFormat.JSON, "[" + LEAST + "," + LEAST + "]", 2),
                arguments(BodyFormat.JSON, "{\"batch\":[" + LEAST + "," + LEAST + "]}", 2),
                arguments(BodyFormat.JSON, "{\"sentAt\":1,\"batch\":[" + LEAST + "],\"x\":{\"batch\":[1]}}", 1),
                arguments(BodyFormat.NDJSON, LEAST, 1),
                arguments(BodyFormat.NDJSON, LEAST + "\n" + LEAST + "\n", 2),
                arguments(BodyFormat.NDJSON, "\ufeff" + LEAST + "\r\n\r\n  \n" + LEAST, 2));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void takesEveryShapeOfBody(BodyFormat format, String body, int count) {
        DecodedEvents decoded = decode(body, format);
        assertThat(decoded.rejected()).isEmpty();
        assertThat(rows(decoded)).hasSize(count).allMatch(row -> row.userId().equals("u"));
    }

    @Test
    void findsPropertiesInTheRightPlaceOfEachShape() {
        String event = "{\"event_type\":\"page_view\",\"user_id\":\"ü\",\"properties\": {\"n\": %d} }";
        String three = event.formatted(1) + "," + event.formatted(2) + "," + event.formatted(3);
        for (DecodedEvents decoded : List.of(
                json("\ufeff [" + three + "]"),
                json("{\"batch\": [" + three + "]}"),
                decode("\ufeff" + three.replace("},{", "}\n{"), BodyFormat.NDJSON))) {
            assertThat(rows(decoded).stream().map(Row::properties))
                    .containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
        }
    }

    static Stream<Arguments> badFields() {
        String long201 = "x".repeat(201);
        return Stream.of(
                bad("{}", RejectCode.MISSING_FIELD, "event_type is missing"),
                bad("{\"user_id\":\"u\"}", RejectCode.MISSING_FIELD, "event_type is missing"),
                bad("{\"event_type\":null,\"user_id\":\"u\"}", RejectCode.MISSING_FIELD, "event_type is missing"),
                bad("{\"event_type\":\"page_view\"}", RejectCode.MISSING_FIELD, "user_id and anonymous_id"),
                bad(with("\"user_id\":\"\"", "page_view"), RejectCode.MISSING_FIELD, "user_id and anonymous_id"),
                bad(with("\"user_id\":\"u\"", "click"), RejectCode.UNKNOWN_EVENT_TYPE, "\"click\" is unknown"),
                bad(with("\"user_id\":\"u\"", "Page_View"), RejectCode.UNKNOWN_EVENT_TYPE, "send page_view"),
                bad(with("\"user_id\":\"u\"", ""), RejectCode.UNKNOWN_EVENT_TYPE, "\"\" is unknown"),
                bad("{\"event_type\":1,\"user_id\":\"u\"}", RejectCode.INVALID_FIELD, "event_type must be a string"),
                bad(plus("\"name\":\"" + long201 + "\""), RejectCode.FIELD_TOO_LONG, "name is too long"),
                bad(plus("\"name\":\"" + "😀".repeat(201) + "\""), RejectCode.FIELD_TOO_LONG, "at most 200"),
                bad(plus("\"name\":\"" + "x".repeat(1_000_000) + "\""), RejectCode.FIELD_TOO_LONG, "name"),
                bad(plus("\"anonymous_id\":\"" + long201 + "\""), RejectCode.FIELD_TOO_LONG, "anonymous_id"),
                bad(plus("\"session_id\":\"" + long201 + "\""), RejectCode.FIELD_TOO_LONG, "session_id"),
                bad(with("\"user_id\":\"" + long201 + "\"", "page_view"), RejectCode.FIELD_TOO_LONG, "user_id"),
                bad(
                        with("\"user_id\":7", "page_view"),
                        RejectCode.INVALID_FIELD,
                        "user_id must be a string, not a number"),
                bad(with("\"user_id\":{}", "page_view"), RejectCode.INVALID_FIELD, "not an object"),
                bad(plus("\"anonymous_id\":true"), RejectCode.INVALID_FIELD, "not a boolean"),
                bad(
                        plus("\"session_id\":[[{}]]"),
                        RejectCode.INVALID_FIELD,
                        "session_id must be a string, not an array"),
                bad(plus("\"name\":\"a\\u0000b\""), RejectCode.INVALID_FIELD, "NUL"),
                bad(plus("\"name\":\"a\\ud800\""), RejectCode.INVALID_FIELD, "surrogate"),
                bad(plus("\"name\":\"\\udc00\\ud800\""), RejectCode.INVALID_FIELD, "surrogate"),
                bad(plus("\"name\":\"a\",\"name\":\"a\""), RejectCode.INVALID_FIELD, "name is given twice"),
                bad(plus("\"event_id\":\"\""), RejectCode.INVALID_FIELD, "event_id \"\" is no UUID"),
                bad(plus("\"event_id\":\"01890a5dac96774bbcceb302099a8057\""), RejectCode.INVALID_FIELD, "no UUID"),
                bad(plus("\"event_id\":\"01890a5d-ac96-774b-bcce-b302099a805g\""), RejectCode.INVALID_FIELD, "no UUID"),
                bad(
                        plus("\"event_id\":\"01890a5d-ac96-774b-bcce-b302099a805\uff11\""),
                        RejectCode.INVALID_FIELD,
                        "UUID"),
                bad(plus("\"event_id\":\"01890a5d1ac96-774b-bcce-b302099a8057\""), RejectCode.INVALID_FIELD, "no UUID"),
                bad(plus("\"event_id\":12"), RejectCode.INVALID_FIELD, "event_id must be a UUID as a string"),
                bad(
                        plus("\"properties\":[]"),
                        RejectCode.INVALID_FIELD,
                        "properties must be a JSON object, not an array"),
                bad(plus("\"properties\":\"{}\""), RejectCode.INVALID_FIELD, "properties must be a JSON object"),
                bad(plus("\"properties\":{\"a\":1,\"a\":1}"), RejectCode.INVALID_FIELD, "key \"a\" twice"),
                bad(
                        plus("\"properties\":{\"b\":{\"a\":1,\"\\u0061\":1}}"),
                        RejectCode.INVALID_FIELD,
                        "key \"a\" twice"),
                bad(plus("\"properties\":{" + keys(40) + ",\"k33\":1}"), RejectCode.INVALID_FIELD, "key \"k33\" twice"),
                bad(plus("\"properties\":{\"a\":\"\\ud83d\"}"), RejectCode.INVALID_FIELD, "surrogate"),
                bad(plus("\"properties\":{\"a\":1e999}"), RejectCode.INVALID_FIELD, "number"),
                bad(plus("\"properties\":{\"a\":" + "9".repeat(5_000) + "}"), RejectCode.INVALID_FIELD, "number"),
                bad(plus("\"properties\":{\"a\":18446744073709551616}"), RejectCode.INVALID_FIELD, "number"),
                bad(plus("\"properties\":{\"a\":-9223372036854775809}"), RejectCode.INVALID_FIELD, "number"),
                bad(plus("\"properties\":" + nested(65)), RejectCode.INVALID_FIELD, "nested deeper than 64"),
                bad(
                        plus("\"properties\":{\"a\":\"" + "x".repeat(32 * 1024 - 7) + "\"}"),
                        RejectCode.EVENT_TOO_LARGE,
                        "32768"),
                bad(
                        plus("\"properties\":{\"a\":\"" + "\\n".repeat(16 * 1024) + "\"}"),
                        RejectCode.EVENT_TOO_LARGE,
                        "32768"),
                bad(
                        plus("\"properties\":{\"a\":\"" + "\\u00e4".repeat(6_000) + "\"}"),
                        RejectCode.EVENT_TOO_LARGE,
                        "32768"));
    }

    @ParameterizedTest
    @MethodSource("badFields")
    void rejectsWhatBreaksARuleAndNotItsNeighbours(String event, RejectCode code, String message) {
        for (DecodedEvents decoded : List.of(
                json("[" + LEAST + "," + event + "," + LEAST + "]"),
                json("{\"batch\":[" + LEAST + "," + event + "," + LEAST + "]}"),
                decode(LEAST + "\n" + event + "\n" + LEAST, BodyFormat.NDJSON))) {
            assertThat(rows(decoded)).hasSize(2);
            assertThat(decoded.rejected()).singleElement().satisfies(reject -> {
                assertThat(reject.index()).isEqualTo(1);
                assertThat(reject.code()).isEqualTo(code);
                assertThat(reject.message())
                        .contains(message)
                        .hasSizeLessThan(250)
                        .endsWith(".");
            });
        }
        assertThat(json(event).rejected())
                .singleElement()
                .satisfies(reject -> assertThat(reject.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"18446744073709551615\",\"b\":18446744073709551615,\"c\":-9223372036854775808}",
                "{\"a\":1.7976931348623157e308,\"b\":-0.0,\"c\":1E-999,\"d\":123456789.123456789123456789}",
                "{\"a\":\"\\ud83d\\ude00 \\\\ \\\" \\/ \\u0000\",\"\\ud83d\\ude00\":{}}",
                "{\"a\":{\"a\":{\"a\":[]}},\"b\":[{\"a\":1},{\"a\":2}]}"
            })
    void keepsPropertiesByteForByte(String properties) {
        assertThat(rows(json(plus("\"properties\":" + properties))))
                .extracting(Row::properties)
                .containsExactly(properties);
    }

    @Test
    void countsTheLimitsInclusively() {
        String largest = "{\"a\":\"" + "x".repeat(32 * 1024 - 8) + "\"}";
        assertThat(rows(json(plus("\"properties\":" + largest))))
                .extracting(Row::properties)
                .containsExactly(largest);
        String spaced = "{" + " \n".repeat(100_000) + "\"a\"" + " ".repeat(100_000) + ":1}";
        assertThat(rows(json(plus("\"properties\":" + spaced))))
                .extracting(Row::properties)
                .containsExactly("{\"a\":1}");
        String name = "😀".repeat(200);
        assertThat(rows(json(plus("\"name\":\"" + name + "\""))))
                .extracting(Row::name)
                .containsExactly(name);
        assertThat(rows(json(plus("\"properties\":" + nested(64))))).hasSize(1);
        assertThat(rows(json(plus("\"properties\":{" + keys(500) + "}")))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"2026-03-01T12:00:00Z\"                | 2026-03-01T12:00:00Z",
                "\"2026-03-01t12:00:00z\"                | 2026-03-01T12:00:00Z",
                "\"2026-03-01 12:00:00.1239999Z\"        | 2026-03-01T12:00:00.123Z",
                "\"2026-03-01T13:30:00.7+01:30\"         | 2026-03-01T12:00:00.7Z",
                "\"2026-02-28T23:00:00-13:00\"           | 2026-03-01T12:00:00Z",
                "\"2026-03-01T11:59:60Z\"                | 2026-03-01T12:00:00Z",
                "\"2026-03-01T12:00:00-00:00\"           | 2026-03-01T12:00:00Z",
                "\"2026-03-01T12:05:00Z\"                | 2026-03-01T12:05:00Z",
                "\"2025-12-01T12:00:00Z\"                | 2025-12-01T12:00:00Z",
                "1772366400000                           | 2026-03-01T12:00:00Z",
                "1772366400000.9                         | 2026-03-01T12:00:00Z",
                "1.7723664e12                            | 2026-03-01T12:00:00Z",
            })
    void readsTimestamps(String timestamp, Instant expected) {
        DecodedEvents decoded = json(plus("\"timestamp\":" + timestamp));
        assertThat(decoded.rejected()).isEmpty();
        assertThat(rows(decoded)).extracting(Row::timestampMs).containsExactly(expected.toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"\"                              | INVALID_FIELD",
                "\"yesterday\"                     | INVALID_FIELD",
                "\"2026-03-01\"                    | INVALID_FIELD",
                "\"2026-03-01T12:00Z\"             | INVALID_FIELD",
                "\"2026-03-01T12:00:00\"           | INVALID_FIELD",
                "\"2026-03-01T12:00:00.Z\"         | INVALID_FIELD",
                "\"2026-03-01T12:00:00+0100\"      | INVALID_FIELD",
                "\"2026-03-01T12:00:00+24:00\"     | INVALID_FIELD",
                "\"2026-03-01T12:00:00Zx\"         | INVALID_FIELD",
                "\"2026-02-29T12:00:00Z\"          | INVALID_FIELD",
                "\"2026-13-01T12:00:00Z\"          | INVALID_FIELD",
                "\"2026-00-01T12:00:00Z\"          | INVALID_FIELD",
                "\"2026-03-32T12:00:00Z\"          | INVALID_FIELD",
                "\"2026-03-01T24:00:00Z\"          | INVALID_FIELD",
                "\"2026-03-01T12:60:00Z\"          | INVALID_FIELD",
                "\"2026-03-01T12:00:61Z\"          | INVALID_FIELD",
                "\"+2026-03-01T12:00:00Z\"         | INVALID_FIELD",
                "\"1772366400000\"                 | INVALID_FIELD",
                "true                              | INVALID_FIELD",
                "{\"$date\":1}                     | INVALID_FIELD",
                "[1772366400000]                   | INVALID_FIELD",
                "1e400                             | INVALID_FIELD",
                "9223372036854775808               | INVALID_FIELD",
                "\"2026-03-01T12:05:00.001Z\"      | TIMESTAMP_OUT_OF_RANGE",
                "\"2025-12-01T11:59:59.999Z\"      | TIMESTAMP_OUT_OF_RANGE",
                "\"0000-01-01T00:00:00Z\"          | TIMESTAMP_OUT_OF_RANGE",
                "\"9999-12-31T23:59:59Z\"          | TIMESTAMP_OUT_OF_RANGE",
                "1772366400                        | TIMESTAMP_OUT_OF_RANGE",
                "-1                                | TIMESTAMP_OUT_OF_RANGE",
                "0                                 | TIMESTAMP_OUT_OF_RANGE",
                "999999999999999999                | TIMESTAMP_OUT_OF_RANGE",
            })
    void rejectsTimestamps(String timestamp, RejectCode code) {
        DecodedEvents decoded = json("[" + plus("\"timestamp\":" + timestamp) + "," + LEAST + "]");
        assertThat(rows(decoded)).hasSize(1);
        assertThat(decoded.rejected()).singleElement().satisfies(reject -> {
            assertThat(reject.code()).isEqualTo(code);
            assertThat(reject.message()).startsWith("timestamp ");
        });
    }

    @Test
    void hintsAtSecondsSentAsMilliseconds() {
        assertThat(json(plus("\"timestamp\":1772366400")).rejected().getFirst().message())
                .contains("send milliseconds, not seconds");
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                arguments("", 0, "empty"),
                arguments("  \n", 0, "empty"),
                arguments("[]", 0, "no event"),
                arguments("{\"batch\":[]}", 0, "no event"),
                arguments("{", 0, "near byte"),
                arguments("[" + LEAST + ",", 1, "near byte"),
                arguments("[" + LEAST + "," + LEAST, 2, "near byte"),
                arguments("[" + LEAST + " " + LEAST + "]", 1, "comma"),
                arguments("[" + LEAST + ",]", 1, "near byte"),
                arguments(LEAST + LEAST, 0, "application/x-ndjson"),
                arguments(LEAST + "x", 0, "invalid"),
                arguments("[" + LEAST + ",{'event_type':1}]", 1, "invalid"),
                arguments("[" + LEAST + ",{\"a\":NaN}]", 1, "invalid"),
                arguments("[" + LEAST + ",{\"a\":01}]", 1, "invalid"),
                arguments("[" + LEAST + ",{\"a\":\"\\x\"}]", 1, "invalid"),
                arguments("[" + LEAST + ",{\"a\":\"\t\"}]", 1, "invalid"),
                arguments("// comment\n" + LEAST, 0, "invalid"),
                // The parser takes half of a surrogate pair in a name, other than in a text, for a fault of syntax.
                arguments("[" + LEAST + ",{\"\\ude00\":1}]", 1, "invalid"),
                arguments("[".repeat(100_000), 0, "nesting"),
                arguments("{\"a\":".repeat(100_000), 0, "nesting"));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void takesNothingOfABodyWhoseSyntaxIsWrong(String body, int index, String message) {
        DecodedEvents decoded = json(body);
        assertThat(rows(decoded)).isEmpty();
        assertThat(decoded.rejected()).singleElement().satisfies(reject -> {
            assertThat(reject.code()).isEqualTo(RejectCode.INVALID_JSON);
            assertThat(reject.index()).isEqualTo(index);
            assertThat(reject.message()).containsIgnoringCase(message);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"x\"", "null", "true", "[[]]", "[1]", "[null]"})
    void rejectsWhatIsNoObject(String body) {
        assertThat(json(body).rejected())
                .singleElement()
                .satisfies(reject -> assertThat(reject.code()).isEqualTo(RejectCode.NOT_AN_OBJECT));
    }

    @Test
    void rejectsABatchThatIsNoArray() {
        assertThat(json("{\"batch\":{\"a\":[1]}}").rejected())
                .singleElement()
                .satisfies(reject -> assertThat(reject.code()).isEqualTo(RejectCode.INVALID_FIELD));
    }

    @Test
    void rejectsOnlyTheBrokenLinesOfNdjson() {
        byte[] invalidUtf8 = (LEAST + "\n{\"x\":\"\u00ff\"}\n").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(decode(invalidUtf8, BodyEncoding.IDENTITY, BodyFormat.NDJSON).rejected())
                .singleElement()
                .satisfies(reject -> assertThat(reject.message()).startsWith("Byte 6 is no valid UTF-8"));

        DecodedEvents decoded = decode(
                String.join("\n", LEAST, "{", "", "[" + LEAST + "]", LEAST + LEAST, "7", LEAST, "{\"a\":}"),
                BodyFormat.NDJSON);
        assertThat(rows(decoded)).hasSize(2);
        assertThat(decoded.rejected())
                .extracting(Reject::index, Reject::code)
                .containsExactly(
                        tuple(1, RejectCode.INVALID_JSON),
                        tuple(2, RejectCode.NOT_AN_OBJECT),
                        tuple(3, RejectCode.INVALID_JSON),
                        tuple(4, RejectCode.NOT_AN_OBJECT),
                        tuple(6, RejectCode.INVALID_JSON));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c0 80",
                "c1 bf",
                "c3",
                "c3 28",
                "e0 80 80",
                "ed a0 80",
                "e2 82",
                "f0 80 80 80",
                "f4 90 80 80",
                "f8 88 80 80 80",
                "ff",
                "fe ff",
                "00"
            })
    void rejectsBytesThatAreNoUtf8(String hex) {
        byte[] bad = HexFormat.ofDelimiter(" ").parseHex(hex);
        for (int padding = 0; padding < 9; padding++) {
            byte[] head = ("{\"event_type\":\"page_view\",\"user_id\":\"" + "u".repeat(padding))
                    .getBytes(StandardCharsets.UTF_8);
            byte[] body = concat(head, bad, "\"}".getBytes(StandardCharsets.UTF_8));
            DecodedEvents decoded = decode(body, BodyEncoding.IDENTITY, BodyFormat.JSON);
            assertThat(decoded.rejected())
                    .singleElement()
                    .satisfies(reject -> assertThat(reject.message()).startsWith("Byte " + head.length + " "));
        }
    }

    @Test
    void neverTakesABodyForUtf16OrUtf32() {
        for (var charset : List.of(
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16BE,
                StandardCharsets.UTF_32LE,
                StandardCharsets.UTF_32BE)) {
            DecodedEvents decoded = decode(LEAST.getBytes(charset), BodyEncoding.IDENTITY, BodyFormat.JSON);
            assertThat(decoded.rejected())
                    .singleElement()
                    .satisfies(reject -> assertThat(reject.code()).isEqualTo(RejectCode.INVALID_JSON));
        }
    }

    @Test
    void unpacksGzipAndZstd() throws IOException {
        byte[] plain = LEAST.getBytes(StandardCharsets.UTF_8);
        assertThat(rows(decode(gzip(plain, 1), BodyEncoding.GZIP, BodyFormat.JSON)))
                .hasSize(1);
        assertThat(rows(decode(Zstd.compress(plain), BodyEncoding.ZSTD, BodyFormat.JSON)))
                .hasSize(1);
    }

    @Test
    void rejectsPackedBodiesThatAreCutOrBroken() throws IOException {
        byte[] plain = LEAST.repeat(20).getBytes(StandardCharsets.UTF_8);
        for (BodyEncoding encoding : List.of(BodyEncoding.GZIP, BodyEncoding.ZSTD)) {
            byte[] packed = encoding == BodyEncoding.GZIP ? gzip(plain, 1) : Zstd.compress(plain);
            for (int size = 0; size < packed.length; size++) {
                DecodedEvents decoded = decode(Arrays.copyOf(packed, size), encoding, BodyFormat.NDJSON);
                assertThat(rows(decoded)).isEmpty();
                assertThat(decoded.rejected())
                        .singleElement()
                        .satisfies(reject -> assertThat(reject.code()).isEqualTo(RejectCode.INVALID_JSON));
            }
            assertThat(decode(plain, encoding, BodyFormat.NDJSON)
                            .rejected()
                            .getFirst()
                            .message())
                    .contains("Content-Encoding");
        }
    }

    @Test
    void refusesBombsAndLargeBodies() throws IOException {
        byte[] zeros = new byte[1024 * 1024];
        assertThatTooLarge(gzip(zeros, 65), BodyEncoding.GZIP);
        assertThatTooLarge(Zstd.compress(new byte[65 * 1024 * 1024]), BodyEncoding.ZSTD);
        assertThatTooLarge(new byte[EventDecoder.BODY_LIMIT_BYTES + 1], BodyEncoding.IDENTITY);
    }

    @Test
    void takesTheLargestBodyOfTheShortestEventsAloneAndLeavesItToThatBesideOthers() {
        byte[] event = (LEAST + ",").getBytes(StandardCharsets.UTF_8);
        int events = DecodingShare.ALONE.unpackedBytes() / event.length - 1;
        byte[] body = new byte[events * event.length + 1];
        body[0] = '[';
        for (int index = 0; index < events; index++) {
            System.arraycopy(event, 0, body, 1 + index * event.length, event.length);
        }
        body[body.length - 1] = ']';
        byte[] packed = Zstd.compress(body);

        assertThatThrownBy(() -> decode(packed, DecodingShare.BESIDE_OTHERS)).isInstanceOf(LargeBodyException.class);
        DecodedEvents decoded = decode(packed, DecodingShare.ALONE);
        assertThat(decoded.rows().count()).isEqualTo(events);
        assertThat(decoded.rows().sizeBytes()).isLessThanOrEqualTo(DecodingShare.ALONE.rowBytes());
    }

    @Test
    void refusesABodyWhoseRowsWouldBeMoreThanTheShare() {
        byte[] body = Zstd.compress(("[" + LEAST + ("," + LEAST).repeat(999) + "]").getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> decode(body, new DecodingShare(1 << 20, 10_000, true)))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("10000 bytes once each event is whole");
        assertThatThrownBy(() -> decode(body, new DecodingShare(1 << 20, 10_000, false)))
                .isInstanceOf(LargeBodyException.class);
        assertThat(decode(body, new DecodingShare(1 << 20, 1 << 20, true))
                        .rows()
                        .count())
                .isEqualTo(1_000);
    }

    private DecodedEvents decode(byte[] packed, DecodingShare share) {
        return decoder.decode("team", packed, BodyEncoding.ZSTD, BodyFormat.JSON, NOW, PresentedKeys.NONE, share);
    }

    @Test
    void textsThatWouldFillTheMemoryCostTheirEventsOnly() {
        String huge = "x".repeat(LongTexts.MOST_BYTES + 1);
        for (String field : List.of("name", "user_id", "session_id", "event_type", "timestamp", "event_id")) {
            DecodedEvents decoded = json("[{\"%s\":\"%s\"},%s]".formatted(field, huge, LEAST));
            assertThat(rows(decoded)).as(field).hasSize(1);
            assertThat(decoded.rejected())
                    .singleElement()
                    .satisfies(reject -> assertThat(reject.code()).isEqualTo(RejectCode.FIELD_TOO_LONG));
        }
        DecodedEvents unknown = json("[" + LEAST.replace("}", ",\"more\":\"" + huge + "\"}") + "]");
        assertThat(rows(unknown)).as("what is not looked at").hasSize(1);
    }

    @Test
    void propertiesOfVeryManyNamesAreTooLargeWhateverFollows() {
        String names = keys(20_000);
        for (String properties : List.of(
                "{" + names + "}",
                "{\"in\":{" + names + ",\"k0\":[{}]},\"k1\":2}",
                "{\"list\":[[{" + names + ",\"last\":{\"a\":[1]}}]]}")) {
            DecodedEvents decoded = json(
                    "[" + LEAST.replace("}", ",\"unknown\":1,\"properties\":" + properties + "}") + "," + LEAST + "]");
            assertThat(rows(decoded)).hasSize(1);
            assertThat(decoded.rejected())
                    .singleElement()
                    .satisfies(reject -> assertThat(reject.code()).isEqualTo(RejectCode.EVENT_TOO_LARGE));
        }
    }

    @Test
    void propertiesOfMuchWhiteSpaceAreTakenWithoutIt() {
        String spaced = "{" + " ".repeat(300_000) + "\"a\":1}";

        assertThat(rows(json(LEAST.replace("}", ",\"properties\":" + spaced + "}"))))
                .singleElement()
                .satisfies(row -> assertThat(row.properties()).isEqualTo("{\"a\":1}"));
    }

    @Test
    void takesNothingOfABodyWithTooManyWrongEvents() {
        DecodedEvents decoded = json("[" + LEAST + ",1".repeat(20_000) + "]");
        assertThat(rows(decoded)).isEmpty();
        assertThat(decoded.rejected()).hasSize(BatchDecoding.REJECT_LIMIT);
        DecodedEvents lines = decode(LEAST + "\n1".repeat(20_000), BodyFormat.NDJSON);
        assertThat(rows(lines)).isEmpty();
        assertThat(lines.rejected()).hasSize(BatchDecoding.REJECT_LIMIT);
    }

    @Test
    void knowsTheContentEncodings() {
        assertThat(BodyEncoding.ofHeader(" GZip ")).contains(BodyEncoding.GZIP);
        assertThat(BodyEncoding.ofHeader("zstd")).contains(BodyEncoding.ZSTD);
        assertThat(BodyEncoding.ofHeader("identity")).contains(BodyEncoding.IDENTITY);
        assertThat(BodyEncoding.ofHeader("br")).isEmpty();
        assertThat(BodyEncoding.ofHeader("gzip, gzip")).isEmpty();
    }

    private void assertThatTooLarge(byte[] body, BodyEncoding encoding) {
        assertThatThrownBy(() -> decode(body, encoding, BodyFormat.JSON))
                .isInstanceOfSatisfying(
                        IngestException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(IngestException.Code.BODY_TOO_LARGE));
    }

    private static Arguments bad(String event, RejectCode code, String message) {
        return arguments(event, code, message);
    }

    private static String with(String user, String type) {
        return "{\"event_type\":\"" + type + "\"," + user + "}";
    }

    private static String plus(String field) {
        return "{\"event_type\":\"page_view\",\"user_id\":\"u\"," + field + "}";
    }

    private static String keys(int count) {
        List<String> keys = new ArrayList<>();
        for (int key = 0; key < count; key++) {
            keys.add("\"k" + key + "\":1");
        }
        return String.join(",", keys);
    }

    /** An object of this many levels. */
    private static String nested(int levels) {
        return "{\"a\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
    }

    private DecodedEvents json(String body) {
        return decode(body, BodyFormat.JSON);
    }

    private DecodedEvents decode(String body, BodyFormat format) {
        return decode(body.getBytes(StandardCharsets.UTF_8), BodyEncoding.IDENTITY, format);
    }

    private DecodedEvents decode(byte[] body, BodyEncoding encoding, BodyFormat format) {
        return decoder.decode("team", body, encoding, format, NOW);
    }

    private static List<Row> rows(DecodedEvents decoded) {
        List<Row> rows = new ArrayList<>();
        EventCursor cursor = decoded.rows().cursor();
        while (cursor.next()) {
            if (!cursor.isEvent()) {
                continue;
            }
            rows.add(new Row(
                    cursor.name(),
                    cursor.userId(),
                    cursor.sessionId(),
                    cursor.properties(),
                    cursor.timestampMs(),
                    cursor.eventId()));
        }
        assertThat(rows).hasSize(decoded.rows().count() - decoded.deadLetters());
        return rows;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] gzip(byte[] plain, int times) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            for (int time = 0; time < times; time++) {
                gzip.write(plain);
            }
        }
        return packed.toByteArray();
    }

    @Test
    void whatIsRefusedIsKeptAsItWasSent() {
        String wrong = "{\"event_type\":\"click\", \"user_id\":\"ü\"}";
        assertThat(deadLetters(json("[" + LEAST + ", " + wrong + " ,7, {\"x\":[1,{}]} ]")))
                .extracting(DeadLetter::code, DeadLetter::body)
                .containsExactly(
                        tuple("unknown_event_type", wrong),
                        tuple("not_an_object", "7"),
                        tuple("missing_field", "{\"x\":[1,{}]}"));
        assertThat(deadLetters(json("[" + LEAST + ",{]")))
                .extracting(DeadLetter::code, DeadLetter::body)
                .containsExactly(tuple("invalid_json", "[" + LEAST + ",{]"));
        assertThat(deadLetters(decode(LEAST + "\n{\n" + wrong + "\n", BodyFormat.NDJSON)))
                .extracting(DeadLetter::code, DeadLetter::body)
                .containsExactly(tuple("invalid_json", "{"), tuple("unknown_event_type", wrong));
    }

    @Test
    void ofAFloodOfWrongEventsOnlyTheFirstAreKept() {
        DecodedEvents decoded = json("[" + "7,".repeat(9_000) + "7]");

        assertThat(decoded.rejected()).hasSize(9_001);
        assertThat(decoded.deadLetters()).isBetween(100, 2_000);
        assertThat(decoded.rows().sizeBytes()).isLessThan(1_000_000);
    }

    @Test
    void theKeyOfTheRequestIsNotKeptAlsoWhereItIsCut() {
        String key = "acme-prod-123";
        String across = "{\"x\":\"" + "a".repeat(DeadLetter.MOST_BODY_BYTES - 6 - 9) + key + "\"}";
        String body = "{\"event_type\":\"" + key + "\"}\n{\"event_type\":\"" + "b".repeat(51) + key + "\"}\n" + across;

        List<DeadLetter> letters = deadLetters(decoder.decode(
                "team",
                body.getBytes(StandardCharsets.UTF_8),
                BodyEncoding.IDENTITY,
                BodyFormat.NDJSON,
                NOW,
                PresentedKeys.of(key),
                DecodingShare.ALONE));

        assertThat(letters)
                .hasSize(3)
                .allSatisfy(
                        letter -> assertThat(letter.message() + letter.body()).doesNotContain("acme"));
        assertThat(letters.get(0).body()).isEqualTo("{\"event_type\":\"[write key]\"}");
        assertThat(letters.get(1).message()).contains("b[write key]…\" is unknown");
        assertThat(letters.get(2).body()).endsWith("a[write key]");
    }

    private static List<DeadLetter> deadLetters(DecodedEvents decoded) {
        List<DeadLetter> letters = new ArrayList<>();
        EventCursor cursor = decoded.rows().cursor();
        while (cursor.next()) {
            if (cursor.kind() == RowKind.DEAD_LETTER) {
                letters.add(DeadLetter.of(cursor));
            }
        }
        assertThat(letters).hasSize(decoded.deadLetters());
        return letters;
    }
}
