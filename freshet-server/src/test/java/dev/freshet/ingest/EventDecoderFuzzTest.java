package dev.freshet.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventLimits;
import dev.freshet.event.RowKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever the bytes: an answer, no exception, and rows that can be read and keep the limits. */
@Timeout(60)
class EventDecoderFuzzTest {
    private static final long NOW = 1_772_366_400_000L;
    private static final String VALID = """
            [{"event_type":"page_view","name":"/a/\\u00e4?b=1","user_id":"ü1","session_id":"s","timestamp":1772366400000,
              "event_id":"01890a5d-ac96-774b-bcce-b302099a8057","properties":{"a":[1.5e3,true,null,"\\ud83d\\ude00"],"b":{}}},
             {"event_type":"error_occurred","anonymous_id":"日本","timestamp":"2026-03-01T11:59:59.123+00:00"}]""";
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "\\ud800",
        "\n",
        " ",
        "1e9",
        "-",
        "0",
        "null",
        "true",
        "batch",
        "\"batch\":[",
        "\"properties\":{",
        "event_type",
        "\u0000",
        "\u00ff",
        "😀"
    };

    private final long seed = Long.getLong("freshet.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final EventDecoder decoder = new EventDecoder(Duration.ofDays(90), new EventIds());

    @Test
    void answersRandomBytes() {
        System.out.println("EventDecoderFuzzTest seed " + seed);
        for (int run = 0; run < 4_000; run++) {
            byte[] body = new byte[random.nextInt(60)];
            random.nextBytes(body);
            check(body);
        }
    }

    @Test
    void answersRandomPiecesOfJson() {
        System.out.println("EventDecoderFuzzTest seed " + seed);
        for (int run = 0; run < 4_000; run++) {
            StringBuilder body = new StringBuilder(random.nextBoolean() ? "[{" : "");
            for (int piece = random.nextInt(20); piece > 0; piece--) {
                body.append(PIECES[random.nextInt(PIECES.length)]);
            }
            check(body.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void answersMutatedValidBodies() {
        System.out.println("EventDecoderFuzzTest seed " + seed);
        byte[] valid = VALID.getBytes(StandardCharsets.UTF_8);
        assertThat(decoder.decode("team", valid, BodyEncoding.IDENTITY, BodyFormat.JSON, NOW)
                        .rows()
                        .count())
                .isEqualTo(2);
        for (int run = 0; run < 8_000; run++) {
            byte[] body = valid.clone();
            for (int change = 1 + random.nextInt(3); change > 0; change--) {
                body = mutate(body);
            }
            check(body);
        }
    }

    @Test
    void answersPackedBodiesThatAreCutOrDamaged() throws IOException {
        System.out.println("EventDecoderFuzzTest seed " + seed);
        byte[] valid = VALID.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(valid);
        }
        for (int run = 0; run < 2_000; run++) {
            check(mutate(bytes.toByteArray()), BodyEncoding.GZIP, BodyFormat.JSON);
            check(mutate(Zstd.compress(valid)), BodyEncoding.ZSTD, BodyFormat.NDJSON);
        }
    }

    /** What is sound to a parser, or nearly, and meant to cost it much. */
    @Test
    void answersDeepLongAndStrangeJson() {
        String event = "{\"event_type\":\"page_view\",\"user_id\":\"u\",";
        for (int depth : new int[] {64, 65, 999, 1_000, 1_001, 200_000}) {
            check(("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.UTF_8));
            check("[".repeat(depth).getBytes(StandardCharsets.UTF_8));
            check("{\"a\":".repeat(depth).getBytes(StandardCharsets.UTF_8));
            check((event + "\"properties\":" + "{\"a\":".repeat(depth) + "1" + "}".repeat(depth) + "}")
                    .getBytes(StandardCharsets.UTF_8));
        }
        for (String strange : new String[] {
            "1e999999999",
            "-1e-999999999",
            "9".repeat(200_000),
            "0." + "1".repeat(200_000),
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\u0000\"",
            "\"" + "😀".repeat(60_000) + "\"",
            "NaN",
            "{\"a\":1,\"a\":1}",
        }) {
            for (String field : new String[] {"name", "timestamp", "event_id", "properties", "batch", "x", "user_id"}) {
                check((event + "\"" + field + "\":" + strange + "}").getBytes(StandardCharsets.UTF_8));
                check((event + "\"properties\":{\"" + field + "\":" + strange + "}}").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void decodesPlainBodiesAsWithAllRules() {
        System.out.println("EventDecoderFuzzTest seed " + seed);
        int plain = 0;
        for (int run = 0; run < 20_000; run++) {
            StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "{\"batch\":[" : "[");
            for (int event = 1 + random.nextInt(3); event > 0; event--) {
                appendEvent(text).append(event == 1 ? "]" : ",");
            }
            byte[] body =
                    text.append(text.charAt(0) == '{' ? "}" : "").toString().getBytes(StandardCharsets.UTF_8);
            for (int change = random.nextInt(3); change > 0; change--) {
                body = mutate(body);
            }
            for (BodyFormat format : BodyFormat.values()) {
                plain += compare(body, format) ? 1 : 0;
            }
            plain += compare(
                            appendEvent(new StringBuilder())
                                    .append("\r\n\n")
                                    .append(appendEvent(new StringBuilder()))
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8),
                            BodyFormat.NDJSON)
                    ? 1
                    : 0;
        }
        assertThat(plain).as("bodies that were plain").isGreaterThan(5_000);
    }

    private StringBuilder appendEvent(StringBuilder text) {
        text.append("{\"event_type\":").append(one("\"page_view\"", "\"conversion_step\"", " \"error_occurred\" "));
        for (int field = 0; field < 7; field++) {
            // Now and then one twice.
            if (random.nextInt(3) == 0) {
                continue;
            }
            text.append(one(",", ", ", " ,\n"));
            text.append(
                    switch (random.nextInt(50) == 0 ? random.nextInt(7) : field) {
                        case 0 -> "\"name\":" + one("\"/a\"", "\"\"", "null", "\"ü😀\"", "\"" + "ä".repeat(150) + "\"");
                        case 1 ->
                            "\"user_id\" : "
                                    + one(
                                            "\"u1\"",
                                            "\"u1 \"",
                                            "\"u2\"",
                                            "\"ü\"",
                                            "null",
                                            "\"\"",
                                            "\"" + "x".repeat(201) + "\"");
                        case 2 -> "\"anonymous_id\":" + one("\"a1\"", "\"日本\"");
                        case 3 -> "\"session_id\":" + one("\"s\"", "null", "\"a\\nb\"");
                        case 4 ->
                            "\"timestamp\":"
                                    + one(
                                            "1772366400000",
                                            "\"2026-03-01T11:59:59.123+00:00\"",
                                            "0",
                                            "01",
                                            "1772366400000.5");
                        case 5 ->
                            "\"event_id\":"
                                    + one(
                                            "\"01890a5d-ac96-774b-bcce-b302099a8057\"",
                                            "\"01890A5D-AC96-774B-BCCE-B302099A8057\"",
                                            "null");
                        default -> "\"properties\":" + object(0);
                    });
        }
        return text.append(one("}", " }"));
    }

    private String object(int depth) {
        StringBuilder text = new StringBuilder(one("{", "{ "));
        int names = random.nextInt(depth == 0 && random.nextInt(20) == 0 ? 40 : 4);
        for (int name = 0; name < names; name++) {
            text.append(name == 0 ? "" : one(",", " ,\t"));
            text.append("\"n").append(random.nextInt(10) == 0 ? 0 : name).append(one("\":", "\": "));
            text.append(
                    switch (random.nextInt(depth > 2 ? 6 : 8)) {
                        case 0 ->
                            one("1", "-0", "0.5", "-12.25", "1e3", "00", "123456789012345678", "1234567890123456789");
                        case 1 ->
                            one(
                                    "\"a b\"",
                                    "\"\"",
                                    "\"\\\"q\\\\\"",
                                    "\"\\u00e4\\n\"",
                                    "\"\\ud83d\\ude00\"",
                                    "\"\\u0000\"");
                        case 2 -> "true";
                        case 3 -> "false";
                        case 4 -> "null";
                        case 5 -> one("[]", "[ 1 , \"x\" ]", "[[],{}]");
                        default -> object(depth + 1);
                    });
        }
        return text.append(one("}", " }")).toString();
    }

    /** Mostly the first, which is always plain. */
    private String one(String... choices) {
        return choices[random.nextInt(5) == 0 ? random.nextInt(choices.length) : 0];
    }

    /** Returns whether the body was plain. */
    private boolean compare(byte[] body, BodyFormat format) {
        Optional<DecodedEvents> plain = new PlainDecoding(
                        "team", body, new EventIds(), Duration.ofDays(90), NOW, Integer.MAX_VALUE)
                .decode(0, format);
        if (plain.isEmpty()) {
            return false;
        }
        DecodedEvents full = decoder.decodeWithAllRules("team", body, 0, format, NOW);
        assertThat(full.rejected())
                .as(() -> new String(body, StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(described(plain.get()))
                .as(() -> "seed " + seed + ", body: " + new String(body, StandardCharsets.UTF_8))
                .isEqualTo(described(full));
        return true;
    }

    /** Ids that the server made are left out, since each decoding makes others. */
    private static List<String> described(DecodedEvents decoded) {
        List<String> rows = new ArrayList<>();
        EventCursor cursor = decoded.rows().cursor();
        for (int row = 0; cursor.next(); row++) {
            boolean isIdSent = decoded.sent().isIdSent(row);
            rows.add(String.join(
                    "|",
                    cursor.eventType().wireName(),
                    cursor.teamId(),
                    cursor.name(),
                    cursor.userId(),
                    cursor.sessionId(),
                    cursor.properties(),
                    Long.toString(cursor.timestampMs()),
                    isIdSent ? cursor.eventId().toString() : "made",
                    Boolean.toString(decoded.sent().isTimeSent(row))));
        }
        return rows;
    }

    private byte[] mutate(byte[] body) {
        if (body.length == 0) {
            return body;
        }
        int at = random.nextInt(body.length);
        switch (random.nextInt(5)) {
            case 0 -> body[at] = (byte) random.nextInt(256);
            case 1 -> body[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                return Arrays.copyOf(body, at);
            }
            case 3 -> {
                byte[] piece = PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
                byte[] longer = Arrays.copyOf(body, body.length + piece.length);
                System.arraycopy(body, at, longer, at + piece.length, body.length - at);
                System.arraycopy(piece, 0, longer, at, piece.length);
                return longer;
            }
            default -> {
                byte[] shorter = Arrays.copyOf(body, body.length - 1);
                System.arraycopy(body, at + 1, shorter, at, body.length - at - 1);
                return shorter;
            }
        }
        return body;
    }

    private void check(byte[] body) {
        for (BodyFormat format : BodyFormat.values()) {
            for (BodyEncoding encoding : BodyEncoding.values()) {
                if (encoding == BodyEncoding.IDENTITY || random.nextInt(10) == 0) {
                    check(body, encoding, format);
                }
            }
        }
    }

    private void check(byte[] body, BodyEncoding encoding, BodyFormat format) {
        try {
            DecodedEvents decoded = decoder.decode("team", body, encoding, format, NOW);
            assertThat(decoded.rows().count() + decoded.rejected().size()).isPositive();
            EventCursor cursor = decoded.rows().cursor();
            int count = 0;
            while (cursor.next()) {
                count++;
                if (cursor.kind() == RowKind.DEAD_LETTER) {
                    continue;
                }
                assertThat(cursor.teamId()).isEqualTo("team");
                assertThat(cursor.eventType()).isNotNull();
                assertThat(cursor.userId()).isNotEmpty();
                for (String text : new String[] {cursor.userId(), cursor.name(), cursor.sessionId()}) {
                    assertThat(text.codePointCount(0, text.length())).isLessThanOrEqualTo(EventLimits.TEXT_CODE_POINTS);
                    assertThat(text).doesNotContain("\ufffd", "\u0000");
                }
                assertThat(cursor.properties()).startsWith("{").endsWith("}");
                assertThat(cursor.timestampMs()).isLessThanOrEqualTo(NOW + EventLimits.AHEAD.toMillis());
            }
            assertThat(count).isEqualTo(decoded.rows().count());
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError(
                    "seed " + seed + ", " + format + ", " + encoding + ", body: "
                            + new String(body, StandardCharsets.ISO_8859_1),
                    failure);
        }
    }
}
