package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.eventstore.MetricEngine;
import dev.freshet.eventstore.StoreQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as ClickHouse writes them, and what damage makes of them. */
class ParquetSourceIT {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();
    private static final MetricEngine ENGINE = new MetricEngine();
    private static final String SOUND = "SELECT 'page_view' AS event_type, 'ada' AS user_id";

    @TempDir
    private Path folder;

    private Path write(String select, String... settings) {
        Path file = folder.resolve("events.parquet");
        StoreQuery insert = StoreQuery.of("INSERT INTO FUNCTION file('" + file + "', 'Parquet') " + select)
                .withSetting("engine_file_truncate_on_insert", "1");
        for (int index = 0; index < settings.length; index += 2) {
            insert = insert.withSetting(settings[index], settings[index + 1]);
        }
        ENGINE.store().execute(insert);
        return file;
    }

    private static List<SourceItem> read(Path file) throws ImportException {
        List<SourceItem> items = new ArrayList<>();
        try (EventSource source = EventSource.open(ImportFile.of(file), ImportFormat.PARQUET)) {
            for (Optional<SourceItem> item = source.next(); item.isPresent(); item = source.next()) {
                items.add(item.get());
            }
            assertThat(source.bytesRead()).isEqualTo(source.bytesInAll());
        }
        return items;
    }

    private static JsonNode json(SourceItem item) throws IOException {
        assertThat(item).isInstanceOf(ImportEvent.class);
        return JSON.readTree(((ImportEvent) item).json());
    }

    private JsonNode properties(String columns) throws IOException, ImportException {
        List<SourceItem> items = read(write(SOUND + ", " + columns));
        assertThat(items).hasSize(1);
        return json(items.getFirst()).get("properties");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "snappy", "gzip", "zstd", "lz4", "brotli"})
    void everyCompressionIsReadAndTheRowsOfAllRowGroupsKeepTheirOrder(String compression) throws Exception {
        Path file = write(
                """
                SELECT 'page_view' AS event_type, concat('/page/', toString(number)) AS name, 'ada' AS user_id,
                    toDateTime64(1769857200 + number, 3, 'UTC') AS timestamp, number AS amount
                FROM numbers(20000) ORDER BY number""",
                "output_format_parquet_compression_method",
                compression,
                "output_format_parquet_row_group_size",
                "1000");

        List<SourceItem> items = read(file);

        assertThat(items).hasSize(20_000);
        for (int row = 0; row < items.size(); row++) {
            assertThat(items.get(row).lineNumber()).isEqualTo(row + 1);
        }
        for (int row = 0; row < 20_000; row += 499) {
            JsonNode event = json(items.get(row));
            assertThat(event.get("name").asText()).isEqualTo("/page/" + row);
            assertThat(event.get("timestamp").asLong()).isEqualTo((1_769_857_200L + row) * 1_000);
            assertThat(event.at("/properties/amount").asInt()).isEqualTo(row);
        }
    }

    @Test
    void everyTypeComesAsTheValueThatItIs() throws Exception {
        assertThat(properties("""
                        toUInt64(18446744073709551615) AS unsigned, toInt64(-9223372036854775808) AS signed, toInt8(-3) AS small,
                        toFloat32(0.1) AS single, 1e300 AS double, nan AS none, -inf AS endless,
                        toDecimal64('12.3400', 4) AS price, toDecimal128('12345678901234567890.123456789', 9) AS exact,
                        true AS flag, toDate('2026-01-31') AS day, toDate32('1950-01-02') AS past,
                        toDateTime('2026-01-31 12:00:00', 'Europe/Berlin') AS berlin,
                        toDateTime64('2026-01-31 12:00:00.123456', 6, 'UTC') AS micros,
                        toDateTime64('2026-01-31 12:00:00.123456789', 9, 'UTC') AS nanos,
                        toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') AS uuid, 'a/"é😀' AS text, '' AS empty,
                        CAST('a', 'Enum8(\\'a\\' = 1)') AS choice, 'x'::LowCardinality(String) AS word""")).isEqualTo(JSON.readTree("""
                        {"unsigned":18446744073709551615,"signed":-9223372036854775808,"small":-3,"single":0.1,"double":1e300,
                        "none":"nan","endless":"-inf","price":12.3400,"exact":12345678901234567890.123456789,"flag":true,
                        "day":"2026-01-31","past":"1950-01-02","berlin":"2026-01-31T11:00:00.000Z",
                        "micros":"2026-01-31T12:00:00.123456Z","nanos":"2026-01-31T12:00:00.123456789Z",
                        "uuid":"61f0c404-5cb3-11e7-907b-a6006ad3dba0","text":"a/\\"é😀","empty":"","choice":"a","word":"x"}"""));
    }

    @Test
    void listsMapsAndStructsBecomeJsonAndWhatIsMissingIsLeftOut() throws Exception {
        assertThat(properties("""
                        CAST(NULL AS Nullable(String)) AS nothing, [1, NULL, 2] AS list, map('a', 'b', 'c', 'd') AS pairs,
                        map(7, [0.5]) AS numbered, tuple('x', 1.5, NULL)::Tuple(t String, n Float64, m Nullable(String)) AS struct,
                        [tuple(1, 'z')::Tuple(x Int32, y String)] AS rows, '{"p": 0.10, "list": 9}' AS properties""")).isEqualTo(JSON.readTree("""
                        {"p":0.10,"list":[1,null,2],"pairs":{"a":"b","c":"d"},"numbered":{"7":[0.5]},"struct":{"t":"x","n":1.5},
                        "rows":[{"x":1,"y":"z"}]}"""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "map('a', 1, 'amount', 2)|{\"a\":1,\"amount\":9}",
                "tuple(1, NULL)::Tuple(a Int32, b Nullable(Int32))|{\"a\":1,\"amount\":9}",
                "'{\"z\":{\"b\":[1,null]},\"a\":1}'::JSON|{\"z\":{\"b\":[1,null]},\"a\":1,\"amount\":9}",
                "'{\"a\":12345678901234567890.5}'|{\"a\":12345678901234567890.5,\"amount\":9}",
            })
    void propertiesMayBeAStructAMapOrJson(String value, String expected) throws Exception {
        assertThat(properties("9 AS amount, " + value + " AS properties")).isEqualTo(JSON.readTree(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "toDateTime64('2026-01-31 12:00:00.123456', 6, 'UTC')|2026-01-31T12:00:00.123Z",
                "toNullable(toDate32('2026-01-31'))|2026-01-31T00:00:00Z",
                "1769860800123.0|2026-01-31T12:00:00.123Z",
                "'2026-01-31T13:00:00+01:00'|2026-01-31T12:00:00Z",
            })
    void theTimeOfAnEventMayBeATimestampADayMillisecondsOrText(String value, Instant expected) throws Exception {
        ImportEvent event = (ImportEvent)
                read(write(SOUND + ", " + value + " AS timestamp")).getFirst();

        assertThat(event.timestamp()).contains(expected);
        assertThat(json(event).get("timestamp").asLong()).isEqualTo(expected.toEpochMilli());
    }

    @Test
    void fieldsMayBeNumbersAndUuids() throws Exception {
        JsonNode event = json(read(write("SELECT 'page_view' AS event_type, 42 AS user_id, "
                        + "toUUID('0197a000-0000-7000-8000-000000000001') AS event_id"))
                .getFirst());

        assertThat(event.get("user_id").asText()).isEqualTo("42");
        assertThat(event.get("event_id").asText()).isEqualTo("0197a000-0000-7000-8000-000000000001");
    }

    @Test
    void aRowThatCannotBeUsedNamesItselfAndItsColumnAndTheOthersGoIn() throws Exception {
        List<SourceItem> items = read(write("""
                SELECT tupleElement(row, 1) AS event_type, tupleElement(row, 2) AS user_id, tupleElement(row, 3) AS name,
                    tupleElement(row, 4) AS text, tupleElement(row, 5) AS properties
                FROM (SELECT arrayJoin([
                    ('page_view', 'ada', 'a', 'a', '{}'),
                    ('click', 'ada', 'a', 'a', '{}'),
                    (NULL, 'ada', 'a', 'a', '{}'),
                    ('page_view', '', 'a', 'a', '{}'),
                    ('page_view', unhex('ff00'), 'a', 'a', '{}'),
                    ('page_view', 'ada', repeat('x', 201), 'a', '{}'),
                    ('page_view', 'ada', 'a', unhex('edb080'), '{}'),
                    ('page_view', 'ada', 'a', repeat('xy', 600000), '{}'),
                    ('page_view', 'ada', 'a', 'a', '[1]'),
                    ('page_view', 'ada', 'a', 'a', '{}')]) AS row)"""));

        assertThat(items.getFirst()).isInstanceOf(ImportEvent.class);
        assertThat(items.getLast()).isInstanceOf(ImportEvent.class);
        assertThat(items.subList(1, items.size() - 1))
                .extracting(item -> ((LineReject) item).reason().wireName() + " "
                        + ((LineReject) item).message().split("[:.]")[0])
                .containsExactly(
                        "unknown_event_type Row 2, column event_type",
                        "missing_field Row 3, column event_type",
                        "missing_field Row 4, column user_id",
                        "invalid_field Row 5, column user_id",
                        "field_too_long Row 6, column name",
                        "invalid_field Row 7, column text",
                        "line_too_long Row 8 is longer than 1048576 bytes as JSON",
                        "invalid_field Row 9, column properties");
    }

    /** More rows follow than a pipe holds, so that a reader that nobody reads on from would wait for ever. */
    @ParameterizedTest
    @ValueSource(longs = {2, 19_999})
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aRowThatNoJsonParserTakesIsRefusedAndTheOthersGoIn(long odd) throws Exception {
        List<SourceItem> items = read(write(SOUND + ", number AS amount, map(repeat('k', if(number = " + odd
                + ", 60000, 1)), 'v') AS pairs FROM numbers(20000) ORDER BY number"));

        assertThat(items).hasSize(20_000);
        assertThat(items)
                .filteredOn(LineReject.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(LineReject.class, reject -> {
                    assertThat(reject.lineNumber()).isEqualTo(odd + 1);
                    assertThat(reject.reason()).isEqualTo(LineReject.Reason.INVALID_FIELD);
                    assertThat(reject.message())
                            .startsWith("Row " + (odd + 1) + ", column pairs: it cannot be read as JSON: Name length")
                            .endsWith("exceeds the maximum allowed (50000).");
                });
        assertThat(json(items.get(10)).at("/properties/amount").asInt()).isEqualTo(10);
    }

    @Test
    void aRowOfAHundredMegabytesIsRefusedAndTheOthersGoIn() throws Exception {
        List<SourceItem> items =
                read(write(SOUND + ", repeat(repeat('x', 1000), if(number = 4, 100000, 1)) AS note FROM numbers(9)"));
        assertThat(items).hasSize(9);
        for (int row = 0; row < items.size(); row++) {
            if (row == 4) {
                assertThat(items.get(row)).isInstanceOfSatisfying(LineReject.class, reject -> {
                    assertThat(reject.reason()).isEqualTo(LineReject.Reason.LINE_TOO_LONG);
                    assertThat(reject.message()).contains("Row 5 is longer than");
                });
            } else {
                assertThat(items.get(row)).isNotInstanceOf(LineReject.class);
            }
        }
    }

    @Test
    void aReaderThatDoesNotEndIsEnded() throws Exception {
        Process endless = new ProcessBuilder("sleep", "600").start();

        assertThat(ParquetSource.exitCode(endless, Duration.ofMillis(1))).isEmpty();
        assertThat(endless.isAlive()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "['page_view'] AS event_type, 1 AS user_id|column event_type: it must be one text",
                "'page_view' AS event_type, 1 AS user_id, [1] AS properties|column properties: it must be one JSON object",
                "'page_view' AS event_type, 1 AS user_id, 1.5 AS timestamp|column timestamp: it must be RFC 3339",
                "'page_view' AS event_type, 1 AS user_id, toInt32(1) AS event_id|column event_id: it is no UUID",
            })
    void aColumnOfAnUnfitTypeHasItsRowsRefused(String columns, String told) throws Exception {
        assertThat(read(write("SELECT " + columns)))
                .singleElement()
                .isInstanceOfSatisfying(
                        LineReject.class, reject -> assertThat(reject.message()).contains("Row 1", told));
    }

    @Test
    void aReplacementCharacterOfTheFileIsNoFault() throws Exception {
        assertThat(properties("'\uFFFD' AS text").get("text").asText()).isEqualTo("\uFFFD");
    }

    @Test
    void aFileWithoutTheColumnIsRefusedAsAWhole() {
        Path file = write("SELECT 1 AS a FROM numbers(3)");

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(ImportException.class)
                .hasMessage("Cannot read " + file + " as Parquet: it has no column event_type.");
    }

    @Test
    void aFileWithoutRowsGivesNone() throws Exception {
        assertThat(read(write(SOUND + " FROM numbers(0)"))).isEmpty();
    }

    @Test
    void anOddNameIsOnlyANameAndTheSameFileGivesTheSameIds() throws Exception {
        Path odd = Files.move(write(SOUND), folder.resolve("a*?{b,c}'::d.parquet"));

        List<SourceItem> items = read(odd);

        assertThat(items).hasSize(1).isEqualTo(read(odd));
    }

    @Test
    void nothingStaysBehindWhereReadingStopsEarly() throws Exception {
        ImportFile file = ImportFile.of(write(SOUND + " FROM numbers(200000)"));
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        List<Path> before = readerFolders(temporary);

        ParquetSource source = ParquetSource.open(file);
        assertThat(source.next()).isPresent();
        List<Path> during = readerFolders(temporary);
        source.close();

        assertThat(during).hasSizeGreaterThan(before.size());
        during.removeAll(before);
        assertThat(during).noneMatch(Files::exists);
    }

    private static List<Path> readerFolders(Path temporary) throws IOException {
        try (Stream<Path> paths = Files.list(temporary)) {
            return new ArrayList<>(
                    paths.filter(path -> path.getFileName().toString().startsWith("freshet-parquet-"))
                            .toList());
        }
    }

    /** Each way in which a file can be broken is one refusal, after the rows that came before; never a failure of another kind. */
    @Test
    void whatIsNoParquetOrWasDamagedIsRefusedAndNeverFailsInAnotherWay() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        byte[] sound = Files.readAllBytes(write(
                SOUND + ", number, toString(number) AS text, [number] AS list FROM numbers(5000)",
                "output_format_parquet_row_group_size",
                "1000"));
        Path damaged = folder.resolve("damaged.parquet");
        for (int round = 0; round < 8; round++) {
            byte[] bytes = switch (round % 4) {
                case 0 -> Arrays.copyOf(sound, random.nextInt(sound.length));
                case 1 -> "no parquet".repeat(round).getBytes(StandardCharsets.UTF_8);
                default -> flipped(sound, random);
            };
            Files.write(damaged, bytes);
            try {
                assertThat(read(damaged)).as("seed %d, round %d", seed, round).hasSize(5_000);
            } catch (ImportException refusal) {
                assertThat(refusal)
                        .as("seed %d, round %d", seed, round)
                        .hasMessageStartingWith("Cannot read " + damaged + " as Parquet")
                        .hasMessageNotContaining("input.parquet")
                        .extracting(ImportException::code)
                        .isEqualTo(ImportException.Code.UNREADABLE_FILE);
            }
        }
    }

    private static byte[] flipped(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        for (int flips = 1 + random.nextInt(20); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    @Test
    void aFileThatIsCutOffOrEmptyIsRefused() throws Exception {
        byte[] sound = Files.readAllBytes(write(SOUND + " FROM numbers(1000)"));
        for (int length : new int[] {0, 8, sound.length / 2, sound.length - 1}) {
            Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> read(cut))
                    .as("%d of %d bytes", length, sound.length)
                    .isInstanceOf(ImportException.class)
                    .hasMessageContaining("as Parquet");
        }
    }
}
