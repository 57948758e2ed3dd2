package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.duplicates.DuplicateFilter;
import dev.freshet.duplicates.DuplicateFilter.Verdict;
import dev.freshet.duplicates.DuplicateIndex;
import dev.freshet.duplicates.DuplicatesOptions;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import dev.freshet.event.ProfileChange;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventlog.LogRetention;
import dev.freshet.eventlog.MemoryLogFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DuplicatesAtStartTest {
    private static final long NOW = 1_772_366_400_000L;

    private final MemoryLogFiles files = new MemoryLogFiles();
    private final DuplicatesOptions options =
            DuplicatesOptions.in(Path.of("ids")).withFiles(files).withTableSlots(256);
    private EventLog log = EventLog.open(logOptions());
    private int timesTheStoreWasAsked;

    private EventLogOptions logOptions() {
        return EventLogOptions.in(Path.of("log")).withFiles(files).withReserveBytes(0);
    }

    private void append(long id) {
        EventRowsBuilder rows = new EventRowsBuilder(0);
        rows.row(NOW, 1, id, EventType.PAGE_VIEW)
                .text("team")
                .text("/")
                .text("u")
                .text("")
                .text("{}");
        log.writer().append(rows.build(), NOW);
        log.writer().sync();
    }

    /** The store holds event 1, the first of the log, whose position is stored. */
    private DuplicateIndex start() throws InterruptedException {
        return DuplicatesAtStart.open(
                options,
                ids -> {
                    timesTheStoreWasAsked++;
                    ids.accept("team", 1, 1, NOW);
                },
                log,
                1,
                NOW,
                new LogRetention(log).add("rebuildable", 0));
    }

    private static Verdict offer(DuplicateIndex index, long id) {
        Verdict verdict = index.offer(index.teamNumber("team"), 1, id, DuplicateFilter.NOT_SENT, NOW);
        if (verdict == Verdict.FIRST) {
            index.withdraw(index.teamNumber("team"), 1, id);
        }
        return verdict;
    }

    private static void requireKnown(DuplicateIndex index, long last) {
        for (long id = 1; id <= last; id++) {
            assertThat(offer(index, id)).as("event %d", id).isEqualTo(Verdict.REPEAT);
        }
        assertThat(offer(index, last + 1)).isEqualTo(Verdict.FIRST);
    }

    @Test
    void asksTheStoreOnceAndThenOnlyItsFilesAndTheLog() throws InterruptedException {
        append(1);
        append(2);
        DuplicateIndex first = start();
        requireKnown(first, 2);
        assertThat(first.flushedPosition()).isEqualTo(1);
        append(3);
        files.releaseLocks();

        DuplicateIndex second = start();
        requireKnown(second, 3);
        assertThat(timesTheStoreWasAsked).isEqualTo(1);
        second.settled(3, NOW);
        second.close();
        DuplicateIndex third = start();
        assertThat(third.flushedPosition()).isEqualTo(3);
        requireKnown(third, 3);
        assertThat(timesTheStoreWasAsked).isEqualTo(1);
        third.close();
    }

    @Test
    void asksTheStoreAgainWhereItsFilesAreDamaged() throws InterruptedException {
        append(1);
        append(2);
        DuplicateIndex first = start();
        first.settled(2, NOW);
        first.close();
        files.files().stream()
                .filter(file -> file.getFileName().toString().startsWith("run-"))
                .forEach(file -> files.setContent(file, new byte[100]));
        DuplicateIndex second = start();
        assertThat(timesTheStoreWasAsked).isEqualTo(2);
        requireKnown(second, 2);
        second.close();
    }

    /** The store holds no changes of profiles, the log does as far back as it goes. */
    @Test
    void knowsTheChangesOfProfilesThatTheLogHoldsWhenItIsMadeAnew() throws InterruptedException {
        EventRowsBuilder rows = new EventRowsBuilder(0);
        new ProfileChange("team", ProfileChange.Kind.IDENTIFY, "u", "", NOW, "{}").addTo(rows, 1, 77);
        log.writer().append(rows.build(), NOW);
        log.writer().sync();
        append(2);

        DuplicateIndex index = DuplicatesAtStart.open(
                options,
                ids -> ids.accept("team", 1, 2, NOW),
                log,
                2,
                NOW,
                new LogRetention(log).add("rebuildable", 0));

        assertThat(index.flushedPosition()).isEqualTo(2);
        assertThat(offer(index, 77)).as("the change").isEqualTo(Verdict.REPEAT);
        assertThat(offer(index, 2)).as("the event").isEqualTo(Verdict.REPEAT);
        assertThat(offer(index, 3)).isEqualTo(Verdict.FIRST);
        index.close();
    }

    @Test
    void asksTheStoreAgainWhereTheLogIsAnotherOne() throws InterruptedException {
        append(1);
        append(2);
        append(3);
        DuplicateIndex first = start();
        first.settled(3, NOW);
        first.close();
        log.close();
        files.files().stream()
                .filter(file -> file.startsWith(Path.of("log")))
                .forEach(file -> files.setContent(file, new byte[0]));
        files.files().stream()
                .filter(file -> file.startsWith(Path.of("log"))
                        && !file.getFileName().toString().equals("lock"))
                .forEach(file -> delete(file));
        log = EventLog.open(logOptions());
        append(1);
        DuplicateIndex second = start();
        assertThat(timesTheStoreWasAsked).isEqualTo(2);
        requireKnown(second, 1);
        second.close();
    }

    private void delete(Path file) {
        try {
            files.delete(file);
        } catch (java.io.IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
