package dev.freshet.functions;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.Require;
import dev.freshet.reactive.CommitStore.StoredDocument;
import dev.freshet.reactive.CommitStore.StoredWrite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Files of durable commits: any bytes, the same with sound checksums, and a sound file whose end is any bytes. A file that is
 * refused stays as it was; of one that is opened no byte is lost, and it is read as the same again.
 */
public final class CommitLogTarget implements FuzzTarget {
    /** Where syncs, of which a file that is opened has several, cost nothing. */
    private static final Path MEMORY = Path.of("/dev/shm");

    private static final long FIRST_NS = 1_790_000_000_000_000_000L;
    private static final int SOUND_COMMITS = 3;

    private final Path file;
    private final Path torn;
    private final byte[] sound;

    private record Loaded(long lastNs, List<StoredDocument> documents) {}

    public CommitLogTarget() throws IOException {
        Path folder = Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "freshet-fuzzing-")
                : Files.createTempDirectory("freshet-fuzzing-");
        folder.toFile().deleteOnExit();
        file = folder.resolve("commits");
        torn = folder.resolve("commits.torn");
        for (Path path : List.of(file, torn, folder.resolve("commits.lock"))) {
            path.toFile().deleteOnExit();
        }
        try (CommitLogFile log = CommitLogFile.open(file)) {
            Require.equal(log.load(_ -> {}), 0L, "the time of a file without commits");
            for (int commit = 1; commit <= SOUND_COMMITS; commit++) {
                ConvexObject content = ConvexObject.of("commit", ConvexValue.of("text " + commit));
                StoredDocument document =
                        new StoredDocument("table", "id " + commit, commit, content, FIRST_NS + commit);
                log.append(FIRST_NS + commit, List.of(new StoredWrite("table", document.id(), Optional.of(document))));
                log.sync();
            }
        }
        sound = Files.readAllBytes(file);
    }

    @Override
    public void run(byte[] input) throws IOException {
        check(input);
        check(withChecksums(input));
        byte[] behind = Arrays.copyOf(sound, sound.length + input.length);
        System.arraycopy(input, 0, behind, sound.length, input.length);
        check(behind).ifPresent(loaded -> requireSoundCommits(loaded));
    }

    private void requireSoundCommits(Loaded loaded) {
        Require.that(loaded.lastNs >= FIRST_NS + SOUND_COMMITS, () -> "commits before the damage were lost");
        Require.that(kept().length >= sound.length, () -> "commits before the damage were cut off");
    }

    private byte[] kept() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError("the file is gone", e);
        }
    }

    /** What the bytes hold; empty where they are refused. */
    private Optional<Loaded> check(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        Files.deleteIfExists(torn);
        Loaded loaded;
        try {
            loaded = load();
        } catch (IllegalStateException refusal) {
            Require.that(
                    String.valueOf(refusal.getMessage()).contains(file.toString()), () -> "a refusal names no file");
            Require.that(Arrays.equals(kept(), bytes), () -> "a file that was refused is not what it was");
            return Optional.empty();
        }
        byte[] kept = kept();
        byte[] aside = Files.exists(torn) ? Files.readAllBytes(torn) : new byte[0];
        Require.equal(kept.length + aside.length, bytes.length, "the number of bytes kept and set aside");
        Require.that(
                Arrays.equals(kept, Arrays.copyOf(bytes, kept.length))
                        && Arrays.equals(aside, Arrays.copyOfRange(bytes, kept.length, bytes.length)),
                () -> "what was kept and set aside is not what was there");
        Require.equal(load(), loaded, "what is read again");
        Require.that(Arrays.equals(kept(), kept), () -> "a sound file was changed");
        return Optional.of(loaded);
    }

    private Loaded load() {
        try (CommitLogFile log = CommitLogFile.open(file)) {
            List<StoredDocument> documents = new ArrayList<>();
            return new Loaded(log.load(documents::add), documents);
        }
    }

    private static byte[] withChecksums(byte[] input) {
        byte[] bytes = input.clone();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int at = 0;
        while (bytes.length - at > CommitFrame.HEAD_BYTES) {
            int length = buffer.getInt(at);
            if (length <= 0 || length > bytes.length - at - CommitFrame.HEAD_BYTES) {
                return bytes;
            }
            CRC32C crc = new CRC32C();
            crc.update(bytes, at + CommitFrame.HEAD_BYTES, length);
            buffer.putInt(at + Integer.BYTES, (int) crc.getValue());
            at += CommitFrame.HEAD_BYTES + length;
        }
        return bytes;
    }
}
