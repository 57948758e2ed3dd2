package dev.freshet.eventlog;

import static dev.freshet.eventlog.EventLogFixtures.events;
import static dev.freshet.eventlog.EventLogFixtures.readAll;
import static dev.freshet.eventlog.EventLogFixtures.rowsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLogException.Code;
import dev.freshet.eventlog.EventLogFixtures.Row;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EventLogTest {
    private static final Path FOLDER = Path.of("log");

    private final MemoryLogFiles files = new MemoryLogFiles();
    private final EventLogOptions options =
            EventLogOptions.in(FOLDER).withFiles(files).withReserveBytes(0);

    @Test
    void givesDensePositionsFromOneOnAndStampsTheRows() throws InterruptedException {
        try (EventLog log = EventLog.open(options)) {
            assertThat(log.durablePosition()).isZero();
            assertThat(log.writer().append(events(10, 2), 111)).isEqualTo(2);
            assertThat(log.writer().append(events(12, 1), 222)).isEqualTo(3);
            log.writer().sync();

            assertThat(readAll(log, 0)).containsExactly(new Row(1, 10, 111), new Row(2, 11, 111), new Row(3, 12, 222));
        }
    }

    @Test
    void showsReadersOnlyWhatIsDurable() throws InterruptedException {
        try (EventLog log = EventLog.open(options)) {
            log.writer().append(events(1, 3), 0);
            assertThat(log.durablePosition()).isZero();
            assertThat(readAll(log, 1)).isEmpty();

            log.writer().sync();
            log.writer().append(events(4, 1), 0);
            assertThat(log.durablePosition()).isEqualTo(3);
            assertThat(readAll(log, 1)).hasSize(3);
        }
    }

    @Test
    void givesALargeBlockToReadersInPieces() throws InterruptedException {
        int rows = 3 * EventLogWriter.MOST_RECORD_BYTES / events(0, 1).sizeBytes();
        try (EventLog log = EventLog.open(options)) {
            assertThat(log.writer().append(events(0, rows), 7)).isEqualTo(rows);
            log.writer().sync();

            int read = 0;
            try (EventLogReader reader = log.readFrom(1)) {
                while (read < rows) {
                    EventRows block = reader.next(Duration.ZERO).orElseThrow();
                    assertThat(block.sizeBytes()).isLessThanOrEqualTo(EventLogWriter.MOST_RECORD_BYTES);
                    read += block.count();
                }
            }
            assertThat(read).isEqualTo(rows);
            assertThat(readAll(log, rows - 1))
                    .containsExactly(new Row(rows - 1, rows - 2, 7), new Row(rows, rows - 1, 7));
        }
        try (EventLog again = EventLog.open(options)) {
            assertThat(readAll(again, 1)).hasSize(rows);
        }
    }

    @Test
    void syncsOnceForAllThatWasAppended() {
        try (EventLog log = EventLog.open(options)) {
            int before = files.syncCount();
            for (int index = 0; index < 100; index++) {
                log.writer().append(events(index, 5), 0);
            }
            log.writer().sync();
            log.writer().sync();
            assertThat(files.syncCount() - before).isEqualTo(1);
        }
    }

    @Test
    void cutsTheFirstBlockToTheRequestedPosition() throws InterruptedException {
        try (EventLog log = EventLog.open(options)) {
            log.writer().append(events(1, 10), 0);
            log.writer().append(events(11, 10), 0);
            log.writer().sync();
            for (long position = 1; position <= 20; position++) {
                List<Row> rows = readAll(log, position);
                assertThat(rows).hasSize((int) (21 - position));
                assertThat(rows.getFirst().position()).isEqualTo(position);
            }
            assertThat(readAll(log, 21)).isEmpty();
        }
    }

    @Test
    void goesOnAfterReopeningAndNeverUsesAPositionTwice() throws InterruptedException {
        EventLogOptions small = options.withSegmentBytes(400);
        long serial = 1;
        for (int round = 0; round < 5; round++) {
            try (EventLog log = EventLog.open(small)) {
                assertThat(log.durablePosition()).isEqualTo(serial - 1);
                for (int index = 0; index < 4; index++, serial += 3) {
                    assertThat(log.writer().append(events(serial, 3), 5)).isEqualTo(serial + 2);
                    log.writer().sync();
                }
                log.trimTo(serial - 1);
            }
        }
        try (EventLog log = EventLog.open(small)) {
            assertThat(log.oldestPosition()).isGreaterThan(1);
            List<Row> rows = readAll(log, log.oldestPosition());
            assertThat(rows).allMatch(row -> row.position() == row.serial());
            assertThat(rows.getLast().position()).isEqualTo(60);
        }
    }

    @Test
    void takesRecordsLargerThanItsBufferAndItsSegments() throws InterruptedException {
        try (EventLog log = EventLog.open(options.withSegmentBytes(1_000_000))) {
            EventRows large = events(1, 40_000);
            assertThat(large.sizeBytes()).isGreaterThan(2_000_000);
            log.writer().append(events(0, 1), 0);
            log.writer().append(large, 0);
            log.writer().append(events(40_001, 1), 0);
            log.writer().sync();
            List<Row> rows = readAll(log, 1);
            assertThat(rows).hasSize(40_002).allMatch(row -> row.position() == row.serial() + 1);
        }
    }

    @Test
    void trimsWholeSegmentsOnlyAndKeepsTheNewest() throws InterruptedException {
        try (EventLog log = EventLog.open(options.withSegmentBytes(300))) {
            for (int index = 0; index < 10; index++) {
                log.writer().append(events(index, 2), 0);
            }
            log.writer().sync();
            long full = log.sizeBytes();
            log.trimTo(5);
            assertThat(log.oldestPosition()).isEqualTo(5);
            assertThat(log.sizeBytes()).isLessThan(full);
            assertThat(readAll(log, 5)).hasSize(16);
            log.trimTo(1_000);
            assertThat(log.oldestPosition()).isBetween(2L, 20L);
            assertThat(log.durablePosition()).isEqualTo(20);
            assertThatCode(Code.TRIMMED, () -> log.readFrom(1));
        }
    }

    @Test
    void letsAReaderFinishTheTrimmedSegmentItReadsAndThenTellsItThatTheNextIsGone() throws InterruptedException {
        try (EventLog log = EventLog.open(options.withSegmentBytes(300));
                EventLogReader reader = log.readFrom(1)) {
            for (int index = 0; index < 10; index++) {
                log.writer().append(events(index, 1), 0);
            }
            log.writer().sync();
            assertThat(rowsOf(reader.next(Duration.ZERO).orElseThrow())).hasSize(1);
            log.trimTo(10);
            assertThat(log.oldestPosition()).isGreaterThan(4);
            assertThat(rowsOf(reader.next(Duration.ZERO).orElseThrow())
                            .getFirst()
                            .position())
                    .isEqualTo(2);
            assertThatCode(Code.TRIMMED, () -> drain(reader));
        }
    }

    @Test
    void wakesAWaitingReaderOnSyncAndEndsItOnClose() throws Exception {
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            EventLog log = EventLog.open(options);
            EventLogReader reader = log.readFrom(1);
            Callable<List<Row>> read =
                    () -> rowsOf(reader.next(Duration.ofSeconds(20)).orElseThrow());
            Future<List<Row>> first = threads.submit(read);
            log.writer().append(events(1, 1), 0);
            log.writer().sync();
            assertThat(first.get(10, TimeUnit.SECONDS)).hasSize(1);

            Future<List<Row>> second = threads.submit(read);
            log.close();
            assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            EventLogException.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.CLOSED));
        }
    }

    private static long slowest(List<EventLogReader> readers) {
        return readers.stream().mapToLong(EventLogReader::position).min().orElseThrow();
    }

    @Test
    void showsConcurrentReadersEveryRowOnceInOrderWhileTheOwnerTrims() throws Exception {
        int total = 3_000;
        try (ExecutorService threads = Executors.newFixedThreadPool(4);
                EventLog log = EventLog.open(options.withSegmentBytes(5_000))) {
            List<EventLogReader> readers = List.of(log.readFrom(1), log.readFrom(1), log.readFrom(1));
            List<Future<List<Row>>> results = new ArrayList<>();
            for (EventLogReader reader : readers) {
                results.add(threads.submit(() -> {
                    List<Row> rows = new ArrayList<>();
                    while (rows.size() < total) {
                        rows.addAll(rowsOf(reader.next(Duration.ofSeconds(20)).orElseThrow()));
                    }
                    return rows;
                }));
            }
            for (int serial = 1; serial <= total; serial += 3) {
                log.writer().append(events(serial, 3), 0);
                if (serial % 2 == 0) {
                    log.writer().sync();
                    log.trimTo(slowest(readers) - 1);
                }
                // The rest is trimmed under readers that are under way, however late they began.
                while (serial == total / 2 + 1 && slowest(readers) < total / 4) {
                    Thread.sleep(1);
                }
            }
            log.writer().sync();
            for (Future<List<Row>> result : results) {
                List<Row> rows = result.get(20, TimeUnit.SECONDS);
                for (int index = 0; index < total; index++) {
                    assertThat(rows.get(index)).isEqualTo(new Row(index + 1, index + 1, 0));
                }
            }
            assertThat(log.oldestPosition()).isGreaterThan(1);
        }
    }

    @Test
    void refusesWhenFullAndTakesMoreOnceTrimmed() throws InterruptedException {
        try (EventLog log = EventLog.open(options.withSegmentBytes(300).withLimitBytes(1_000))) {
            assertThatCode(Code.FULL, () -> {
                for (int serial = 1; serial < 100; serial++) {
                    log.writer().append(events(serial, 1), 0);
                }
            });
            log.writer().sync();
            assertThat(log.sizeBytes()).isLessThanOrEqualTo(1_000);
            long last = log.durablePosition();
            log.trimTo(last);
            assertThat(log.writer().append(events(last + 1, 1), 0)).isEqualTo(last + 1);
            log.writer().sync();
            assertThat(readAll(log, log.oldestPosition())).allMatch(row -> row.position() == row.serial());
            assertThat(log.failure()).isEmpty();
        }
    }

    @Test
    void refusesWhenTheDiskRunsLow() {
        files.setUsableBytes(1_000);
        try (EventLog log = EventLog.open(options.withReserveBytes(990))) {
            assertThatCode(Code.FULL, () -> log.writer().append(events(1, 1), 0));
            files.setUsableBytes(10_000);
            assertThat(log.writer().append(events(1, 1), 0)).isEqualTo(1);
        }
    }

    @Test
    void refusesASecondOpeningOfTheSameFolder(@TempDir Path folder) {
        EventLogOptions onDisk = EventLogOptions.in(folder).withReserveBytes(0);
        try (EventLog log = EventLog.open(onDisk)) {
            assertThat(log.durablePosition()).isZero();
            assertThatCode(Code.LOCKED, () -> EventLog.open(onDisk).close());
        }
        EventLog.open(onDisk).close();
    }

    @Test
    void worksOnTheRealFileSystem(@TempDir Path folder) throws InterruptedException {
        EventLogOptions onDisk = EventLogOptions.in(folder.resolve("a/b"))
                .withSegmentBytes(2_000)
                .withReserveBytes(0);
        try (EventLog log = EventLog.open(onDisk)) {
            for (int serial = 1; serial <= 100; serial += 5) {
                log.writer().append(events(serial, 5), 9);
                log.writer().sync();
            }
            log.trimTo(30);
        }
        try (EventLog log = EventLog.open(onDisk)) {
            assertThat(log.durablePosition()).isEqualTo(100);
            assertThat(log.oldestPosition()).isBetween(20L, 31L);
            assertThat(readAll(log, 31)).hasSize(70).allMatch(row -> row.position() == row.serial());
        }
    }

    @Test
    void refusesUseAfterClose() {
        EventLog log = EventLog.open(options);
        EventLogReader reader = log.readFrom(1);
        log.close();
        log.close();
        assertThatCode(Code.CLOSED, () -> log.writer().append(events(1, 1), 0));
        assertThatCode(Code.CLOSED, () -> reader.next(Duration.ZERO));
    }

    private static void drain(EventLogReader reader) throws InterruptedException {
        while (reader.next(Duration.ZERO).isPresent()) {
            // read on
        }
    }

    static void assertThatCode(Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EventLogException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
