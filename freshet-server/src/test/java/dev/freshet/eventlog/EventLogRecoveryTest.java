package dev.freshet.eventlog;

import static dev.freshet.eventlog.EventLogFixtures.events;
import static dev.freshet.eventlog.EventLogFixtures.readAll;
import static dev.freshet.eventlog.EventLogTest.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.eventlog.EventLogException.Code;
import dev.freshet.eventlog.EventLogFixtures.Row;
import dev.freshet.eventlog.EventLogOptions.OnDamage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLogRecoveryTest {
    private static final Path FOLDER = Path.of("log");
    private static final Path FIRST = FOLDER.resolve("00000000000000000001.events");

    private final MemoryLogFiles files = new MemoryLogFiles();
    private final EventLogOptions options =
            EventLogOptions.in(FOLDER).withFiles(files).withReserveBytes(0);

    @Test
    void cutsATailTornAtAnyByteAndKeepsEverythingBeforeIt() throws InterruptedException {
        byte[] whole = killedLog(3);
        int lastRecord = whole.length / 3;
        for (int size = 2 * lastRecord; size <= whole.length; size++) {
            files.setContent(FIRST, Arrays.copyOf(whole, size));
            try (EventLog log = EventLog.open(options)) {
                int expected = size == whole.length ? 3 : 2;
                assertThat(readAll(log, 1)).as("cut at %d", size).hasSize(expected);
                assertThat(log.writer().append(events(90, 1), 0)).isEqualTo(expected + 1);
                log.writer().sync();
                assertThat(readAll(log, 1)).hasSize(expected + 1);
            }
            files.kill();
        }
    }

    @Test
    void takesAZeroedTailForTorn() throws InterruptedException {
        byte[] whole = killedLog(3);
        int lastRecord = whole.length / 3;
        for (int from = 2 * lastRecord; from < whole.length; from++) {
            byte[] zeroed = whole.clone();
            Arrays.fill(zeroed, from, whole.length, (byte) 0);
            files.setContent(FIRST, zeroed);
            try (EventLog log = EventLog.open(options)) {
                assertThat(readAll(log, 1)).as("zeros from %d", from).hasSizeBetween(2, 3);
            }
            files.kill();
        }
    }

    @Test
    void refusesAFlippedBitInAnyByteOfWhatWasAcknowledged() {
        byte[] whole = killedLog(3);
        int lastRecord = whole.length / 3;
        for (int at = 0; at < 2 * lastRecord; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            files.setContent(FIRST, damaged);
            int recordStart = at / lastRecord * lastRecord;
            assertThatThrownBy(() -> EventLog.open(options).close())
                    .isInstanceOfSatisfying(
                            EventLogException.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.CORRUPT))
                    .hasMessageContaining(FIRST + " at offset " + recordStart);
            assertThat(files.content(FIRST)).isEqualTo(damaged);
        }
    }

    @Test
    void findsDamageToTheVeryLastRecordOfALogThatWasClosed() {
        try (EventLog log = EventLog.open(options)) {
            log.writer().append(events(1, 1), 0);
        }
        byte[] damaged = files.content(FIRST);
        damaged[40] ^= 1;
        files.setContent(FIRST, damaged);
        assertThatCode(Code.CORRUPT, () -> EventLog.open(options).close());
    }

    @Test
    void cutsTwoRecordsOfOneUnsyncedGroupEvenWhenTheSecondReachedTheDisk() throws InterruptedException {
        EventLog log = EventLog.open(options);
        log.writer().append(events(1, 1), 0);
        log.writer().sync();
        int synced = files.content(FIRST).length;
        log.writer().append(events(2, 1), 0);
        log.writer().append(events(3, 1), 0);
        log.writer().sync();
        byte[] torn = files.content(FIRST);
        torn[synced + 50] ^= 1;
        files.kill();
        files.setContent(FIRST, torn);
        try (EventLog reopened = EventLog.open(options)) {
            assertThat(readAll(reopened, 1)).extracting(Row::serial).containsExactly(1L);
        }
    }

    @Test
    void refusesAMissingSegment() throws Exception {
        writeSegments();
        files.delete(segmentFiles().get(1));
        assertThatCode(Code.CORRUPT, () -> EventLog.open(options).close());
        try (EventLog log = EventLog.open(options.withOnDamage(OnDamage.SET_ASIDE))) {
            assertThat(readAll(log, 1))
                    .extracting(Row::position)
                    .contains(1L, 10L)
                    .doesNotContain(5L)
                    .isSorted();
        }
    }

    @Test
    void setsADamagedSegmentAsideWhenToldAndGoesOn() throws Exception {
        writeSegments();
        Path damagedSegment = segmentFiles().get(1);
        byte[] damaged = files.content(damagedSegment);
        damaged[damaged.length - 3] ^= 1;
        files.setContent(damagedSegment, damaged);
        assertThatCode(Code.CORRUPT, () -> EventLog.open(options).close());

        EventLogOptions tolerant = options.withOnDamage(OnDamage.SET_ASIDE);
        for (int round = 0; round < 2; round++) {
            try (EventLog log = EventLog.open(tolerant)) {
                List<Row> rows = readAll(log, 1);
                assertThat(rows).allMatch(row -> row.position() == row.serial()).hasSizeBetween(7, 9);
                assertThat(rows.getLast().position()).isEqualTo(10);
            }
        }
        assertThat(files.content(damagedSegment.resolveSibling(damagedSegment.getFileName() + ".damaged")))
                .isEqualTo(damaged);
    }

    @Test
    void neverUsesPositionsOfALostEndAgain() throws InterruptedException {
        byte[] whole = killedLog(5);
        byte[] damaged = whole.clone();
        damaged[whole.length / 5 + 40] ^= 1;
        files.setContent(FIRST, damaged);
        try (EventLog log = EventLog.open(options.withOnDamage(OnDamage.SET_ASIDE))) {
            assertThat(log.durablePosition()).isEqualTo(5);
            try (EventLogReader reader = log.readFrom(2)) {
                assertThat(reader.next(Duration.ZERO)).isEmpty();
                assertThat(log.writer().append(events(6, 1), 0)).isEqualTo(6);
                log.writer().sync();
                assertThat(reader.next(Duration.ZERO)).isPresent();
                assertThat(reader.position()).isEqualTo(7);
            }
            assertThat(readAll(log, 1)).extracting(Row::position).containsExactly(1L, 6L);
        }
    }

    @Test
    void tellsAReaderWhenBytesWentBadWhileTheLogWasOpen() throws InterruptedException {
        try (EventLog log = EventLog.open(options)) {
            log.writer().append(events(1, 1), 0);
            log.writer().append(events(2, 1), 0);
            log.writer().sync();
            byte[] damaged = files.content(FIRST);
            damaged[damaged.length - 1] ^= 1;
            files.setContent(FIRST, damaged);
            EventLogReader reader = log.readFrom(1);
            assertThat(reader.next(Duration.ZERO)).isPresent();
            assertThatCode(Code.CORRUPT, () -> reader.next(Duration.ZERO));
            assertThat(reader.position()).isEqualTo(2);
        }
    }

    /** The bytes of a log of single records, each synced by itself, whose process was killed. */
    private byte[] killedLog(int records) {
        EventLog log = EventLog.open(options);
        for (int serial = 1; serial <= records; serial++) {
            log.writer().append(events(serial, 1), 0);
            log.writer().sync();
        }
        files.kill();
        return files.content(FIRST);
    }

    private void writeSegments() {
        try (EventLog log = EventLog.open(options.withSegmentBytes(300))) {
            for (int serial = 1; serial <= 10; serial++) {
                log.writer().append(events(serial, 1), 0);
                log.writer().sync();
            }
        }
        assertThat(segmentFiles()).hasSizeGreaterThan(3);
    }

    private List<Path> segmentFiles() {
        return files.files().stream()
                .filter(path -> path.toString().endsWith(".events"))
                .sorted(Comparator.comparing(Path::toString))
                .toList();
    }
}
