package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.importer.LineReject.Reason;
import dev.freshet.importer.NumberedLines.NumberedLine;
import dev.freshet.importer.RowEvents.Cell;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file, row by row in its order, as a {@link ParquetReader} in a process of its own gives it; {@link RowEvents} says what
 * the columns become. Lists, maps and structs become JSON. What a damaged file does to the reader is an ImportException here.
 * Confined to one thread.
 */
final class ParquetSource implements EventSource {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int FIRST_SIGNAL = 128;

    /** What the reader may take at the most; it takes as much only for rows of hundreds of megabytes. */
    private static final int READER_HEAP_MB = 768;

    /** The JVM's exit code after it ran out of memory. */
    private static final int OUT_OF_MEMORY = 3;

    /** How long a reader may take to end once its output has ended; a crash writes its report first. */
    private static final Duration ENDING = Duration.ofSeconds(30);

    private final ImportFile file;
    private final Path folder;
    private final Path errors;
    private final Process reader;
    private final NumberedLines lines;
    private final RowEvents events;
    private final long rowCount;
    private long rowNumber;

    private ParquetSource(ImportFile file, Path folder, Path errors, Process reader) throws ImportException {
        this.file = file;
        this.folder = folder;
        this.errors = errors;
        this.reader = reader;
        events = new RowEvents(file, "Row");
        lines = new NumberedLines(file.name(), reader.getInputStream());
        rowCount = Long.parseLong(lines.next()
                .filter(NumberedLine::isEnded)
                .orElseThrow(this::failure)
                .text());
    }

    static ParquetSource open(ImportFile file) throws ImportException {
        Path path = file.content()
                .path()
                .orElseThrow(() -> new ImportException(
                        ImportException.Code.UNSUPPORTED_FORMAT, "Parquet is read from files on the disk only."));
        Path folder = null;
        Process reader = null;
        boolean isOpen = false;
        try {
            folder = Files.createTempDirectory("freshet-parquet-");
            Files.createSymbolicLink(folder.resolve(ParquetReader.INPUT), path.toAbsolutePath());
            Path errors = folder.resolve("errors.txt");
            reader = start(folder, errors);
            ParquetSource source = new ParquetSource(file, folder, errors, reader);
            isOpen = true;
            return source;
        } catch (IOException e) {
            throw ImportFile.unreadable(file.name(), e);
        } finally {
            if (!isOpen) {
                release(file, reader, folder);
            }
        }
    }

    private static Process start(Path folder, Path errors) throws IOException {
        String nativeFolder = System.getProperty(ParquetReader.NATIVE_FOLDER_PROPERTY, "chdb/native");
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx" + READER_HEAP_MB + "m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-CreateCoredumpOnCrash",
                        "-D" + ParquetReader.NATIVE_FOLDER_PROPERTY + "="
                                + Path.of(nativeFolder).toAbsolutePath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParquetReader.class.getName()))
                .directory(folder.toFile())
                .redirectError(errors.toFile())
                .start();
    }

    @Override
    public Optional<SourceItem> next() throws ImportException {
        Optional<NumberedLine> line = lines.next();
        if (line.isEmpty()) {
            requireWhole();
            return Optional.empty();
        }
        rowNumber++;
        return Optional.of(item(line.get()));
    }

    private SourceItem item(NumberedLine line) throws ImportException {
        if (line.cut()) {
            return new LineReject(
                    rowNumber,
                    Reason.LINE_TOO_LONG,
                    "Row %d is longer than %d bytes as JSON.".formatted(rowNumber, NumberedLines.MAX_LINE_BYTES));
        }
        if (!line.isEnded()) {
            // The reader ended within the row.
            rowNumber--;
            throw failure();
        }
        Map<String, Cell> cells;
        try (JsonParser parser = JSON.createParser(line.text())) {
            cells = cells(parser);
        } catch (UnreadableCellException fault) {
            return refused(", column " + fault.column, fault.fault);
        } catch (JsonProcessingException fault) {
            return refused("", fault);
        } catch (IOException fault) {
            throw new UncheckedIOException("reading from memory failed", fault);
        }
        if (!line.isUtf8()) {
            return new LineReject(
                    rowNumber,
                    Reason.INVALID_FIELD,
                    "Row %d, column %s: its bytes are no text in UTF-8.".formatted(rowNumber, unreadable(cells)));
        }
        return events.item(rowNumber, cells);
    }

    /** The reader writes whole rows, so that one that cannot be read costs no other. */
    private LineReject refused(String place, JsonProcessingException fault) {
        // Without the words on how a program would raise its limits.
        String why = fault.getOriginalMessage().replaceFirst(", from `[^`]*`", "");
        return new LineReject(
                rowNumber,
                Reason.INVALID_FIELD,
                "Row %d%s: it cannot be read as JSON: %s.".formatted(rowNumber, place, why));
    }

    private static String unreadable(Map<String, Cell> cells) {
        return cells.entrySet().stream()
                .filter(cell -> cell.toString().contains("\uFFFD"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("?");
    }

    private static Map<String, Cell> cells(JsonParser parser) throws IOException, UnreadableCellException {
        Map<String, Cell> cells = new LinkedHashMap<>();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String column = parser.currentName();
            try {
                cell(parser).ifPresent(cell -> cells.put(column, cell));
            } catch (JsonProcessingException fault) {
                throw new UnreadableCellException(column, fault);
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new JsonParseException(parser, "it is no object");
        }
        return cells;
    }

    private static Optional<Cell> cell(JsonParser parser) throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_NULL -> Optional.empty();
            case VALUE_STRING -> Optional.of(new Cell.Text(parser.getText()));
            case START_ARRAY, START_OBJECT -> Optional.of(new Cell.Json(nested(parser)));
            default -> Optional.of(new Cell.Json(parser.getText()));
        };
    }

    /** What stands in a column is past what a JSON parser takes. */
    private static final class UnreadableCellException extends Exception {
        private final String column;
        private final JsonProcessingException fault;

        UnreadableCellException(String column, JsonProcessingException fault) {
            super(fault);
            this.column = column;
            this.fault = fault;
        }
    }

    private static String nested(JsonParser parser) throws IOException {
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            RowEvents.copyValue(parser, generator);
        }
        return json.toString();
    }

    /** Rows must not go missing silently, not even where the file itself is wrong about their number. */
    private void requireWhole() throws ImportException {
        if (exitCode(reader, ENDING).orElse(-1) != 0) {
            throw failure();
        }
        if (rowNumber != rowCount) {
            throw unreadable("it says that it has %d rows and gives %d".formatted(rowCount, rowNumber));
        }
    }

    /** How a process ended that has nothing more to do; empty where it did not in this time, after which it is made to. */
    static OptionalInt exitCode(Process process, Duration limit) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return OptionalInt.of(process.exitValue());
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly().onExit().join();
        return OptionalInt.empty();
    }

    /** Why the reader ended early. */
    private ImportException failure() {
        OptionalInt ended = exitCode(reader, ENDING);
        if (ended.isEmpty()) {
            return unreadable("its reader stopped writing and did not end");
        }
        int exitCode = ended.getAsInt();
        if (exitCode > FIRST_SIGNAL) {
            return unreadable("its reader crashed, which a damaged file can do to it (signal %d)"
                    .formatted(exitCode - FIRST_SIGNAL));
        }
        if (exitCode == OUT_OF_MEMORY) {
            return unreadable("a row is too large for the %d MB that its reader has".formatted(READER_HEAP_MB));
        }
        try (Stream<String> told = Files.lines(errors, StandardCharsets.UTF_8)) {
            return unreadable(told.filter(line -> line.startsWith(ParquetReader.REASON))
                    .findFirst()
                    .map(line -> line.substring(ParquetReader.REASON.length()))
                    .orElse("its reader ended with the code " + exitCode));
        } catch (IOException e) {
            return ImportFile.unreadable(file.name(), e);
        }
    }

    private ImportException unreadable(String why) {
        return new ImportException(
                ImportException.Code.UNREADABLE_FILE,
                rowNumber == 0
                        ? "Cannot read %s as Parquet: %s.".formatted(file.name(), why)
                        : "Cannot read %s as Parquet behind row %d: %s.".formatted(file.name(), rowNumber, why));
    }

    @Override
    public long bytesRead() {
        return rowCount == 0 ? file.size() : (long) ((double) file.size() * rowNumber / rowCount);
    }

    @Override
    public long bytesInAll() {
        return file.size();
    }

    @Override
    public void close() throws ImportException {
        release(file, reader, folder);
    }

    private static void release(ImportFile file, @Nullable Process reader, @Nullable Path folder)
            throws ImportException {
        if (reader != null) {
            reader.destroyForcibly().onExit().join();
        }
        if (folder == null) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw ImportFile.unreadable(file.name(), e);
        }
    }
}
