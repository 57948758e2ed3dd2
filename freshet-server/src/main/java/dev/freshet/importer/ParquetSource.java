package dev.freshet.importer;

import dev.freshet.importer.NumberedLines.NumberedLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file, row by row in its order, as a {@link ParquetReader} in a process of its own gives it; {@link ParquetRows} says what
 * becomes of the rows. What a damaged file does to the reader is an ImportException here.
 * Confined to one thread.
 */
final class ParquetSource implements EventSource {
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
    private final ParquetRows rows;
    private final long rowCount;
    private long rowNumber;

    private ParquetSource(ImportFile file, Path folder, Path errors, Process reader) throws ImportException {
        this.file = file;
        this.folder = folder;
        this.errors = errors;
        this.reader = reader;
        rows = new ParquetRows(file);
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
        // A line that is cut was read over to its end.
        if (!line.cut() && !line.isEnded()) {
            // The reader ended within the row.
            rowNumber--;
            throw failure();
        }
        return rows.item(rowNumber, line);
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
