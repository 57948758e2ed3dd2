package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.eventlog.LogFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CutJournalTest {
    @TempDir
    private Path folder;

    @Test
    void aNewJournalHasAnIdentityThatStays() {
        String identity;
        try (CutJournal journal = open()) {
            identity = journal.identity();
            assertThat(identity).isNotEmpty();
            assertThat(journal.stored()).isZero();
            assertThat(journal.nextPosition()).isEqualTo(1);
        }
        try (CutJournal journal = open()) {
            assertThat(journal.identity()).isEqualTo(identity);
        }
    }

    @Test
    void whatWasRecordedIsThereAfterAReopening() {
        try (CutJournal journal = open()) {
            journal.recordCut(new Cut(1, 10));
            journal.recordCut(new Cut(11, 30));
            journal.recordDivided("token");
            journal.recordDone(List.of("token/1+5"));
            journal.recordStored(10);
        }
        try (CutJournal journal = open()) {
            assertThat(journal.stored()).isEqualTo(10);
            assertThat(journal.cuts()).containsExactly(new Cut(11, 30));
            assertThat(journal.nextPosition()).isEqualTo(31);
            assertThat(journal.isDivided("token")).isTrue();
            assertThat(journal.isDone("token/1+5")).isTrue();
            assertThat(journal.isDone("token/6+5")).isFalse();
        }
    }

    @Test
    void aRangeIsNeverCutAgain() {
        try (CutJournal journal = open()) {
            journal.recordCut(new Cut(1, 10));
            assertThatThrownBy(() -> journal.recordCut(new Cut(1, 12))).isInstanceOf(IllegalArgumentException.class);
            journal.recordStored(10);
            assertThatThrownBy(() -> journal.recordCut(new Cut(10, 12))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theFileStaysSmallAndLosesNothing() throws IOException {
        String identity;
        try (CutJournal journal = open()) {
            identity = journal.identity();
            for (int cut = 0; cut < 1100; cut++) {
                journal.recordCut(new Cut(cut * 10L + 1, cut * 10L + 10));
                journal.recordStored(Math.max(0, cut - 1) * 10L);
            }
        }
        assertThat(Files.size(folder.resolve("cuts"))).isLessThan(64 * 1024 + 200);
        try (CutJournal journal = open()) {
            assertThat(journal.identity()).isEqualTo(identity);
            assertThat(journal.stored()).isEqualTo(10_980);
            assertThat(journal.cuts()).containsExactly(new Cut(10_981, 10_990), new Cut(10_991, 11_000));
        }
    }

    private CutJournal open() {
        return CutJournal.open(LogFiles.disk(), folder.resolve("cuts"));
    }
}
