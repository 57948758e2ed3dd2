package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbException;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.chdb.ChdbOptions;
import dev.freshet.chdb.ChdbResultStream;
import dev.freshet.chdb.Statement;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The program that reads one Parquet file with a ClickHouse engine of its own, in the folder it is started in: {@link ParquetSource}
 * starts it for each file, since the engine of a server holds its process's only place for one, and since a damaged file can
 * end the process that reads it. On its output it writes the number of rows, then each row as a line of JSON, in the file's
 * order.
 */
final class ParquetReader {
    /** The file, or a link to it; in the folder of the process, so that no path is read as a pattern. */
    static final String INPUT = "input.parquet";

    /** Begins the line on the error output that says why it ended with {@link #UNREADABLE}. */
    static final String REASON = "unreadable: ";

    static final int UNREADABLE = 4;
    static final String NATIVE_FOLDER_PROPERTY = "chdb.native.directory";

    private static final String FILE = "file('" + INPUT + "', 'Parquet')";

    /** As long as the slowest import takes. */
    private static final Duration LIMIT = Duration.ofDays(7);

    /** Rows in their order, little memory, and each value as JSON that says all of it. */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("input_format_parquet_preserve_order", "1"),
            Map.entry("max_threads", "1"),
            Map.entry("max_memory_usage", Long.toString(2L << 30)),
            Map.entry("input_format_parquet_memory_high_watermark", Long.toString(256L << 20)),
            Map.entry("input_format_parquet_max_block_size", "4096"),
            Map.entry("input_format_parquet_prefer_block_bytes", Long.toString(4L << 20)),
            Map.entry("input_format_parquet_allow_missing_columns", "0"),
            // Their own type would drop nulls and sort the fields.
            Map.entry("input_format_parquet_enable_json_parsing", "0"),
            Map.entry("input_format_parquet_allow_geoparquet_parser", "0"),
            Map.entry("input_format_parquet_local_time_as_utc", "1"),
            Map.entry("session_timezone", "UTC"),
            Map.entry("date_time_output_format", "iso"),
            Map.entry("output_format_decimal_trailing_zeros", "1"),
            Map.entry("output_format_json_quote_64bit_integers", "0"),
            Map.entry("output_format_json_quote_decimals", "0"),
            Map.entry("output_format_json_quote_denormals", "1"),
            Map.entry("output_format_json_escape_forward_slashes", "0"),
            Map.entry("output_format_json_named_tuples_as_objects", "1"),
            Map.entry("output_format_json_skip_null_value_in_named_tuples", "1"),
            Map.entry("output_format_parallel_formatting", "0"));

    private final Chdb engine;

    private ParquetReader(Chdb engine) {
        this.engine = engine;
    }

    /** Takes no arguments. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        OutputStream output = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err); // whatever a library says must not get between the rows
        try {
            Path library = ChdbLibrary.locate(Path.of(System.getProperty(NATIVE_FOLDER_PROPERTY, "chdb/native")));
            ChdbOptions options = ChdbOptions.of(library, Path.of("engine")).withConnections(1);
            try (Chdb engine = Chdb.open(options)) {
                new ParquetReader(engine).write(output);
            }
        } catch (ChdbException | ImportException e) {
            PrintStream errors = new PrintStream(System.err, true, StandardCharsets.UTF_8);
            errors.println(REASON + sentence(String.valueOf(e.getMessage())));
            System.exit(UNREADABLE);
        }
    }

    private void write(OutputStream output) throws ImportException, IOException, InterruptedException {
        Map<String, String> types = types();
        if (!types.containsKey(RowEvents.EVENT_TYPE)) {
            throw new ImportException(ImportException.Code.UNREADABLE_FILE, "it has no column " + RowEvents.EVENT_TYPE);
        }
        String count = engine.query(
                        statement("SELECT num_rows FROM file('" + INPUT + "', 'ParquetMetadata')", "TabSeparated"))
                .text();
        output.write((count.strip() + "\n").getBytes(StandardCharsets.UTF_8));
        // A day alone is its beginning.
        String columns = types.getOrDefault(RowEvents.TIMESTAMP, "").contains("Date32")
                ? "* REPLACE (toDateTime64(timestamp, 3, 'UTC') AS timestamp)"
                : "*";
        try (ChdbResultStream rows = engine.stream(statement("SELECT " + columns + " FROM " + FILE, "JSONEachRow"))) {
            for (Optional<byte[]> chunk = rows.next(); chunk.isPresent(); chunk = rows.next()) {
                output.write(chunk.get());
            }
        }
    }

    /** The engine's types of the columns. */
    private Map<String, String> types() {
        Map<String, String> types = new HashMap<>();
        engine.query(statement("DESCRIBE " + FILE, "JSONEachRow"))
                .text()
                .lines()
                .forEach(line -> {
                    Map<?, ?> column = column(line);
                    types.put(String.valueOf(column.get("name")), String.valueOf(column.get("type")));
                });
        return types;
    }

    private static Map<?, ?> column(String line) {
        try {
            return (Map<?, ?>) JsonValues.parse(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("the engine wrote a column that is no JSON: " + line, e);
        } catch (IOException e) {
            throw new AssertionError("reading from memory failed", e);
        }
    }

    private static Statement statement(String sql, String format) {
        Statement statement = Statement.of(sql).withFormat(format).withTimeout(LIMIT);
        for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
            statement = statement.withSetting(setting.getKey(), setting.getValue());
        }
        return statement;
    }

    /** The engine's words without what is about the engine. */
    private static String sentence(String message) {
        String line = String.join(" ", Arrays.asList(message.split("\\s*\\R\\s*")));
        return line.replaceFirst("^Code: \\d+\\. DB::\\w+: ", "")
                .replaceAll("\\(in file/uri [^)]*\\)", "")
                .replaceFirst(": While executing .*", "")
                .replaceFirst("You can specify the structure manually.*", "")
                .replaceFirst("\\s*\\([A-Z][A-Z0-9_]+\\)\\s*$", "")
                .strip()
                .replaceFirst("[.:]$", "");
    }
}
