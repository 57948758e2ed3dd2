package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitStore.StoredDocument;
import dev.freshet.reactive.CommitStore.StoredWrite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class CommitLogFileTest {
    private static final long FIRST_NS = 1_790_000_000_000_000_000L;
    private static final Pattern CUT = Pattern.compile("damaged from byte (\\d+) on.*truncate -s (\\d+) ");

    @TempDir
    private Path folder;

    private final Random random = new Random();

    private Path file() {
        return folder.resolve("commits");
    }

    @BeforeEach
    void printSeed() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        random.setSeed(seed);
    }

    private static void append(CommitLogFile log, int number) {
        ConvexObject content =
                ConvexObject.of("text", ConvexValue.of("line 1\n2 \"quoted\" \u0001 \u00e9".repeat(number % 7)));
        StoredDocument document = new StoredDocument("table", "document " + number, number, content, FIRST_NS + number);
        log.append(FIRST_NS + number, List.of(new StoredWrite("table", document.id(), Optional.of(document))));
    }

    /** Where each commit ends. */
    private List<Long> write(int commits) throws IOException {
        List<Long> ends = new ArrayList<>();
        try (CommitLogFile log = CommitLogFile.open(file())) {
            load(log);
            for (int number = 0; number < commits; number++) {
                append(log, number);
                log.sync();
                ends.add(Files.size(file()));
            }
        }
        return ends;
    }

    private static List<StoredDocument> load(CommitLogFile log) {
        List<StoredDocument> documents = new ArrayList<>();
        long _ = log.load(documents::add);
        return documents;
    }

    private int loadedFrom(byte[] bytes) throws IOException {
        Files.write(file(), bytes);
        try (CommitLogFile log = CommitLogFile.open(file())) {
            return load(log).size();
        }
    }

    private OptionalLong damageFoundIn(byte[] bytes) throws IOException {
        Files.write(file(), bytes);
        try (CommitLogFile log = CommitLogFile.open(file())) {
            load(log);
            return OptionalLong.empty();
        } catch (IllegalStateException refusal) {
            Matcher cut = CUT.matcher(refusal.getMessage());
            assertThat(cut.find()).as(refusal.getMessage()).isTrue();
            assertThat(refusal).hasMessageContaining(file().toString()).hasMessageContaining("backup");
            assertThat(cut.group(2)).isEqualTo(cut.group(1));
            return OptionalLong.of(Long.parseLong(cut.group(1)));
        }
    }

    @Test
    void damageBeforeTheLastCommitKeepsTheServerFromStartingAndLosesNothing() throws IOException {
        int commits = 12;
        List<Long> ends = write(commits);
        byte[] whole = Files.readAllBytes(file());
        long lastBegins = ends.get(commits - 2);
        for (int at = 0; at < lastBegins; at += 1 + random.nextInt(9)) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 + random.nextInt(255));

            long found = damageFoundIn(damaged).orElseThrow();

            assertThat(Files.readAllBytes(file())).isEqualTo(damaged);
            long position = at;
            long before = ends.stream().filter(end -> end <= position).count();
            assertThat(found).isEqualTo(before == 0 ? 0 : ends.get((int) before - 1));
            assertThat(loadedFrom(Arrays.copyOf(damaged, (int) found))).isEqualTo((int) before);
        }
        byte[] zeroed = whole.clone();
        Arrays.fill(zeroed, (int) (long) ends.get(3), (int) (long) ends.get(8), (byte) 0);
        assertThat(damageFoundIn(zeroed)).hasValue(ends.get(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday\n",
                "1790000000000000001\n{\n",
                "1790000000000000001\n{\"$integer\":\"AQAAAAAAAAA=\"}\n",
                "1790000000000000001\n{\"table\":\"t\"}\n"
            })
    void aWholeFrameThatHoldsNoCommitIsRefusedByItsPlace(String payload) throws IOException {
        write(2);
        byte[] whole = Files.readAllBytes(file());
        byte[] frame = CommitFrame.of(payload.getBytes(StandardCharsets.UTF_8)).array();
        byte[] bytes = Arrays.copyOf(whole, whole.length + frame.length);
        System.arraycopy(frame, 0, bytes, whole.length, frame.length);
        Files.write(file(), bytes);

        try (CommitLogFile log = CommitLogFile.open(file())) {
            assertThatThrownBy(() -> load(log))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("from byte %d on".formatted(whole.length))
                    .hasMessageContaining("backup");
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
    }

    @Test
    void damageWithNothingBehindItIsATornEnd() throws IOException {
        int commits = 5;
        List<Long> ends = write(commits);
        byte[] whole = Files.readAllBytes(file());
        int lastBegins = (int) (long) ends.get(commits - 2);
        for (int at = lastBegins; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 + random.nextInt(255));
            assertThat(loadedFrom(damaged)).isEqualTo(commits - 1);
            assertThat(Files.readAllBytes(folder.resolve("commits.torn")))
                    .isEqualTo(Arrays.copyOfRange(damaged, lastBegins, damaged.length));
            assertThat(loadedFrom(Arrays.copyOf(whole, at))).isEqualTo(commits - 1);
        }
        assertThat(loadedFrom(Arrays.copyOf(whole, whole.length + 10_000))).isEqualTo(commits);
    }

    @Test
    void commitsThatSharedASyncWereAnsweredTogetherOrNotAtAll() throws IOException {
        try (CommitLogFile log = CommitLogFile.open(file())) {
            load(log);
            append(log, 1);
            log.sync();
            append(log, 2);
            append(log, 3);
            append(log, 4);
            log.sync();
        }
        byte[] whole = Files.readAllBytes(file());
        assertThat(loadedFrom(whole)).isEqualTo(4);
        byte[] torn = whole.clone();
        torn[torn.length / 2] ^= 1;

        assertThat(loadedFrom(torn)).isEqualTo(1);
    }

    @Test
    void aFileOfOneFrameACommitIsReadToo() throws IOException {
        List<ByteBuffer> frames = new ArrayList<>();
        for (int number = 0; number < 3; number++) {
            frames.add(CommitFrame.of("%d\n{\"creationTime\":1.0,\"document\":{},\"id\":\"%d\",\"table\":\"table\"}"
                    .formatted(FIRST_NS + number, number)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        try (FileChannel channel = CommitLogFileTest.create(file())) {
            for (ByteBuffer frame : frames) {
                channel.write(frame);
            }
        }
        assertThat(loadedFrom(Files.readAllBytes(file()))).isEqualTo(3);
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE);
    }

    @Test
    void whatAFailedWriteOrSyncHasLeftIsGoneOnceItHasRecovered() throws IOException {
        for (boolean isFull : new boolean[] {true, false}) {
            Path commits = folder.resolve(isFull ? "full" : "failing");
            ModelDisk disk = new ModelDisk();
            List<StoredDocument> live;
            try (CommitLogFile log = CommitLogFile.open(commits, disk::open)) {
                load(log);
                append(log, 1);
                log.sync();
                live = load(log);
                append(log, 2);
                disk.isFull = isFull;
                disk.syncsFail = !isFull;
                assertThatThrownBy(log::sync).isInstanceOf(UncheckedIOException.class);
                assertThat(leftOf(disk, commits)).as("a loss of power now").containsExactly("document 1");
                disk.isFull = false;
                disk.syncsFail = false;

                log.recover(FIRST_NS + 2, live);
                append(log, 3);
                log.sync();

                assertThat(leftOf(disk, commits)).containsExactly("document 1", "document 3");
            }
        }
    }

    /** The control: on this disk a sync that is just repeated keeps nothing. */
    @Test
    void aRepeatedSyncProvesNothing() throws IOException {
        ModelDisk disk = new ModelDisk();
        Path commits = folder.resolve("naive");
        try (FileChannel channel = disk.open(commits)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            disk.syncsFail = true;
            assertThatThrownBy(() -> channel.force(false)).isInstanceOf(IOException.class);
            disk.syncsFail = false;
            channel.force(false);
            Path left = folder.resolve("left");
            disk.losePower(commits, left);
            assertThat(Files.readAllBytes(left)).containsExactly(0, 0, 0);
        }
    }

    @Test
    void aFileThatCannotBeWrittenAnewStaysAsItWas() throws IOException {
        ModelDisk disk = new ModelDisk();
        try (CommitLogFile log = CommitLogFile.open(file(), disk::open)) {
            load(log);
            append(log, 1);
            log.sync();
            List<StoredDocument> live = load(log);
            disk.isFull = true;
            assertThatThrownBy(() -> log.rewrite(FIRST_NS + 1, live)).isInstanceOf(UncheckedIOException.class);
            assertThat(folder.resolve("commits.next")).doesNotExist();
            disk.isFull = false;

            log.recover(FIRST_NS + 1, live);
            append(log, 2);
            log.sync();

            assertThat(leftOf(disk, file())).containsExactly("document 1", "document 2");
        }
    }

    private List<String> leftOf(ModelDisk disk, Path commits) throws IOException {
        Path left = Files.createTempFile(folder, "left", "");
        disk.losePower(commits, left);
        try (CommitLogFile log = CommitLogFile.open(left)) {
            return load(log).stream().map(StoredDocument::id).toList();
        }
    }
}
