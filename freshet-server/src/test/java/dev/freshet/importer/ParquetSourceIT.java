package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.eventstore.MetricEngine;
import dev.freshet.eventstore.StoreQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as ClickHouse writes them. */
class ParquetSourceIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MetricEngine ENGINE = new MetricEngine();

    @TempDir
    private Path folder;

    private Path write(String select, String compression) {
        Path file = folder.resolve("events.parquet");
        ENGINE.store()
                .execute(StoreQuery.of("INSERT INTO FUNCTION file('" + file + "', 'Parquet') " + select)
                        .withSetting("engine_file_truncate_on_insert", "1")
                        .withSetting("output_format_parquet_compression_method", compression));
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

    @ParameterizedTest
    @ValueSource(strings = {"none", "snappy", "gzip", "zstd", "lz4"})
    void everyCompressionIsReadAndTheRowsKeepTheirOrder(String compression) throws Exception {
        Path file = write("""
                SELECT 'page_view' AS event_type, concat('/page/', toString(number)) AS name, 'ada' AS user_id,
                    toDateTime64(1769857200 + number, 3, 'UTC') AS timestamp, number AS amount
                FROM numbers(5000) ORDER BY number""", compression);

        List<SourceItem> items = read(file);

        assertThat(items).hasSize(5_000);
        for (int row = 0; row < 5_000; row += 499) {
            JsonNode event = json(items.get(row));
            assertThat(event.get("name").asText()).isEqualTo("/page/" + row);
            assertThat(event.get("timestamp").asLong()).isEqualTo((1_769_857_200L + row) * 1_000);
            assertThat(event.at("/properties/amount").asInt()).isEqualTo(row);
        }
        assertThat(items).isEqualTo(read(file));
    }

    @Test
    void nestedAndMissingValuesBecomeProperties() throws Exception {
        Path file = write("""
                SELECT 'feature_used' AS event_type, 'ada' AS user_id, CAST(NULL AS Nullable(String)) AS nothing,
                    [1, 2] AS list, map('a', 'b') AS pairs, tuple('x', 1.5)::Tuple(t String, n Float64) AS struct,
                    true AS flag, toDate('2026-01-31') AS day, '{"p":1}' AS properties""", "zstd");

        JsonNode event = json(read(file).getFirst());

        assertThat(event.get("properties"))
                .isEqualTo(JSON.readTree(
                        "{\"p\":1,\"list\":[1,2],\"pairs\":{\"a\":\"b\"},\"struct\":{\"t\":\"x\",\"n\":1.5},"
                                + "\"flag\":true,\"day\":\"2026-01-31\"}"));
        assertThat(event.has("timestamp")).isFalse();
    }

    @Test
    void aRowThatCannotBeUsedNamesItselfAndItsColumn() throws Exception {
        Path file = write("SELECT 'click' AS event_type, 'ada' AS user_id", "zstd");

        assertThat(read(file))
                .singleElement()
                .isInstanceOfSatisfying(
                        LineReject.class,
                        reject -> assertThat(reject.message()).startsWith("Row 1, column event_type"));
    }

    @Test
    void aFileWithoutTheColumnIsRefusedAsAWhole() {
        Path file = write("SELECT 1 AS a", "zstd");

        assertThatThrownBy(() -> read(file)).isInstanceOf(ImportException.class).hasMessageContaining("event_type");
    }

    @Test
    void whatIsNoParquetOrWasDamagedIsRefusedAndNeverFailsInAnotherWay() throws IOException {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        byte[] sound = Files.readAllBytes(
                write("SELECT 'page_view' AS event_type, 'ada' AS user_id, number FROM numbers(50)", "zstd"));
        Path damaged = folder.resolve("damaged.parquet");
        for (int round = 0; round < 300; round++) {
            byte[] bytes = round % 3 == 0
                    ? Arrays.copyOf(sound, random.nextInt(sound.length))
                    : round % 50 == 1 ? "no parquet".getBytes(StandardCharsets.UTF_8) : sound.clone();
            for (int flips = round % 3 == 0 ? 0 : 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(damaged, bytes);
            try {
                read(damaged);
            } catch (ImportException refusal) {
                assertThat(refusal.code())
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(ImportException.Code.UNREADABLE_FILE);
            }
        }
    }
}
