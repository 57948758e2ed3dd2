package dev.freshet.eventlog;

import static dev.freshet.eventlog.EventLogTest.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.eventlog.EventLogException.Code;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
    private static final Path FILE = Path.of("cuts.journal").toAbsolutePath();

    private final MemoryLogFiles files = new MemoryLogFiles();

    @Test
    void keepsRecordsInOrderAcrossReopening() {
        try (RecordFile file = RecordFile.open(files, FILE)) {
            append(file, "one", "");
            assertThat(texts(file)).containsExactly("one", "");
        }
        try (RecordFile file = RecordFile.open(files, FILE)) {
            append(file, "three");
            assertThat(texts(file)).containsExactly("one", "", "three");
        }
    }

    @Test
    void cutsATailTornAtAnyByte() {
        try (RecordFile file = RecordFile.open(files, FILE)) {
            append(file, "one", "two");
        }
        byte[] whole = files.content(FILE);
        for (int size = whole.length / 2; size < whole.length; size++) {
            files.setContent(FILE, Arrays.copyOf(whole, size));
            try (RecordFile file = RecordFile.open(files, FILE)) {
                append(file, "again");
                assertThat(texts(file)).as("cut at %d", size).containsExactly("one", "again");
            }
        }
    }

    @Test
    void refusesDamageToASyncedRecord() {
        try (RecordFile file = RecordFile.open(files, FILE)) {
            append(file, "one", "two");
        }
        byte[] damaged = files.content(FILE);
        damaged[33] ^= 1;
        files.setContent(FILE, damaged);
        assertThatCode(Code.CORRUPT, () -> RecordFile.open(files, FILE).close());
    }

    @Test
    void replacesAllRecordsOrNoneWhicheverCallFails() {
        Random random = new Random(4);
        for (int failing = 1; ; failing++) {
            MemoryLogFiles fresh = new MemoryLogFiles();
            RecordFile file = RecordFile.open(fresh, FILE);
            append(file, "a", "b");
            fresh.failCall(failing, false);
            boolean isRewritten = false;
            try {
                file.rewrite(List.of("c".getBytes(StandardCharsets.UTF_8)));
                append(file, "d");
                isRewritten = true;
            } catch (EventLogException failure) {
                assertThat(failure.code()).isEqualTo(Code.FAILED);
                assertThatCode(Code.FAILED, () -> append(file, "e"));
            }
            fresh.crash(random);
            try (RecordFile reopened = RecordFile.open(fresh, FILE)) {
                if (isRewritten) {
                    assertThat(texts(reopened)).containsExactly("c", "d");
                    return;
                }
                assertThat(texts(reopened)).isIn(List.of("a", "b"), List.of("c"), List.of("c", "d"));
            }
        }
    }

    @Test
    void reallySyncsWhatAFailedSyncLeftBehindOnceReopened() {
        RecordFile file = RecordFile.open(files, FILE);
        file.append("one".getBytes(StandardCharsets.UTF_8));
        files.failCall(1, false);
        assertThatCode(Code.FAILED, file::sync);
        file.close();
        try (RecordFile reopened = RecordFile.open(files, FILE)) {
            assertThat(texts(reopened)).containsExactly("one");
        }
        files.crash(new Random(1));
        try (RecordFile reopened = RecordFile.open(files, FILE)) {
            assertThat(texts(reopened)).containsExactly("one");
        }
    }

    @Test
    void worksOnTheRealFileSystem(@TempDir Path folder) {
        Path path = folder.resolve("new/cuts.journal");
        try (RecordFile file = RecordFile.open(LogFiles.disk(), path)) {
            append(file, "a");
            file.rewrite(List.of("b".getBytes(StandardCharsets.UTF_8)));
            append(file, "c");
        }
        try (RecordFile file = RecordFile.open(LogFiles.disk(), path)) {
            assertThat(texts(file)).containsExactly("b", "c");
        }
    }

    private static void append(RecordFile file, String... records) {
        for (String record : records) {
            file.append(record.getBytes(StandardCharsets.UTF_8));
            file.sync();
        }
    }

    private static List<String> texts(RecordFile file) {
        return file.readAll().stream()
                .map(record -> new String(record, StandardCharsets.UTF_8))
                .toList();
    }
}
