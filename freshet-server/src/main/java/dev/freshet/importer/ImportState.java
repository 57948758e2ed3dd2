package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.freshet.importer.ImportException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What a data folder remembers of the files that were imported into it: by how much a log's times were shifted, and
 * which passes of it were replayed. One small JSON file, {@code import-shifts.json}, by the files' hashes; written
 * anew, synced and renamed at each change. Safe from many threads and, since each change holds a file lock, from several
 * processes; a process has one instance for a folder.
 */
public final class ImportState {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String SHIFT_SECONDS = "shiftSeconds";
    private static final String LAST_PASS = "lastPass";
    private static final String NOT_WRITTEN_HERE =
            "it is not what Freshet wrote; remove it if earlier imports need not be repeated";

    /** What is known of one file; {@code lastPass} is that of the import until a replay begins. */
    private record Entry(OptionalLong shiftSeconds, long lastPass) {
        static final Entry NEW = new Entry(OptionalLong.empty(), ImportEventIds.IMPORT_PASS);
    }

    private final Path stateFile;
    private final Path lockFile;
    private final InstantSource clock;

    public ImportState(Path dataFolder, InstantSource clock) {
        this.stateFile = dataFolder.resolve("import-shifts.json");
        this.lockFile = dataFolder.resolve("import-shifts.lock");
        this.clock = clock;
    }

    /**
     * The shift by which the log's latest request happened just now, in whole seconds and never ahead. The first call
     * for a file decides and remembers; later calls give the same, so that a repeated import finds the same times.
     */
    public Duration shiftEndingNow(AccessLog log) throws ImportException {
        Instant end = log.lastTime().orElse(Instant.EPOCH);
        Entry entry = update(
                log.file(),
                known -> known.shiftSeconds().isPresent()
                        ? known
                        : new Entry(OptionalLong.of(wholeSecondsBetween(end, clock.instant())), known.lastPass()));
        return Duration.ofSeconds(entry.shiftSeconds().orElseThrow());
    }

    private static long wholeSecondsBetween(Instant end, Instant now) {
        return Math.floorDiv(Duration.between(end, now).toMillis(), 1000);
    }

    /**
     * Takes the file's next pass for a replay, 2 at first. It is on disk when this returns, so that no pass is ever
     * replayed twice, also after a crash; a pass that was broken off is not continued.
     */
    public long takeNextPass(ImportFile file) throws ImportException {
        return update(file, known -> new Entry(known.shiftSeconds(), known.lastPass() + 1))
                .lastPass();
    }

    private synchronized Entry update(ImportFile file, UnaryOperator<Entry> change) throws ImportException {
        try {
            Files.createDirectories(stateFile.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                Map<String, Entry> all = load();
                Entry before = all.getOrDefault(file.sha256(), Entry.NEW);
                Entry after = change.apply(before);
                if (!after.equals(before)) {
                    all.put(file.sha256(), after);
                    store(all);
                }
                return after;
            }
        } catch (IOException e) {
            throw unusable(String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, Entry> load() throws IOException, ImportException {
        Map<String, Entry> all = new TreeMap<>();
        if (!Files.exists(stateFile)) {
            return all;
        }
        Object state;
        try {
            state = JsonValues.parse(Files.readString(stateFile));
        } catch (JsonProcessingException e) {
            throw unusable(NOT_WRITTEN_HERE, e);
        }
        if (!(state instanceof Map<?, ?> files)) {
            throw new ImportException(Code.STATE_UNUSABLE, sentence(NOT_WRITTEN_HERE));
        }
        for (Map.Entry<?, ?> file : files.entrySet()) {
            if (!(file.getKey() instanceof String sha256
                    && file.getValue() instanceof Map<?, ?> fields
                    && fields.get(LAST_PASS) instanceof Long lastPass)) {
                throw new ImportException(Code.STATE_UNUSABLE, sentence(NOT_WRITTEN_HERE));
            }
            OptionalLong shift =
                    fields.get(SHIFT_SECONDS) instanceof Long seconds ? OptionalLong.of(seconds) : OptionalLong.empty();
            all.put(sha256, new Entry(shift, lastPass));
        }
        return all;
    }

    private static byte[] json(Map<String, Entry> all) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(bytes)) {
            generator.useDefaultPrettyPrinter();
            generator.writeStartObject();
            for (Map.Entry<String, Entry> file : all.entrySet()) {
                generator.writeObjectFieldStart(file.getKey());
                if (file.getValue().shiftSeconds().isPresent()) {
                    generator.writeNumberField(
                            SHIFT_SECONDS, file.getValue().shiftSeconds().orElseThrow());
                }
                generator.writeNumberField(LAST_PASS, file.getValue().lastPass());
                generator.writeEndObject();
            }
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private void store(Map<String, Entry> all) throws IOException {
        Path next = stateFile.resolveSibling(stateFile.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(json(all));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, stateFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder();
    }

    private void syncFolder() throws IOException {
        try (FileChannel folder = FileChannel.open(stateFile.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private ImportException unusable(String reason, IOException cause) {
        return new ImportException(Code.STATE_UNUSABLE, sentence(reason), cause);
    }

    private String sentence(String reason) {
        return "Cannot use " + stateFile + ": " + reason + ".";
    }
}
