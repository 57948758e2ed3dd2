package dev.freshet.eventlog;

import static dev.freshet.eventlog.EventLogFixtures.events;
import static dev.freshet.eventlog.EventLogFixtures.readAll;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.eventlog.EventLogException.Code;
import dev.freshet.eventlog.EventLogFixtures.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compares the log with a list, while file calls fail and the machine loses power. */
@Timeout(60)
class EventLogFuzzTest {
    private final long seed = Long.getLong("freshet.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void keepsEverySyncedEventInOrderThroughFailuresAndCrashes() throws InterruptedException {
        System.out.println("EventLogFuzzTest seed " + seed);
        for (int run = 0; run < 150; run++) {
            runOnce(run);
        }
    }

    @Test
    void keepsEverySyncedEventWhicheverFileCallFails() throws InterruptedException {
        System.out.println("EventLogFuzzTest seed " + seed);
        for (int failing = 1; ; failing++) {
            MemoryLogFiles files = new MemoryLogFiles();
            Model model = new Model(files, 400);
            files.failCall(failing, failing % 2 == 0);
            for (int round = 0; round < 4; round++) {
                model.work(random, 12);
            }
            boolean hasFailed = files.hasFailed();
            model.crashAndCheck(random);
            if (!hasFailed) {
                assertThat(failing).isGreaterThan(30);
                return;
            }
        }
    }

    private void runOnce(int run) throws InterruptedException {
        MemoryLogFiles files = new MemoryLogFiles();
        Model model = new Model(files, 100 + random.nextInt(2_000));
        for (int life = 0; life < 6; life++) {
            if (random.nextInt(3) == 0) {
                files.failCall(1 + random.nextInt(40), random.nextBoolean());
            }
            model.work(random, random.nextInt(30));
            try {
                if (random.nextInt(3) > 0) {
                    model.crashAndCheck(random);
                }
            } catch (AssertionError failure) {
                throw new AssertionError("seed " + seed + " run " + run + " life " + life, failure);
            }
        }
    }

    /** What must be there: {@code synced} for certain, then any beginning of {@code appended}. */
    private static final class Model {
        private final MemoryLogFiles files;
        private final EventLogOptions options;
        private final List<Long> synced = new ArrayList<>();
        private final List<Long> appended = new ArrayList<>();
        private long nextSerial = 1;
        private long trimmedTo;

        Model(MemoryLogFiles files, int segmentBytes) {
            this.files = files;
            this.options = EventLogOptions.in(Path.of("log"))
                    .withFiles(files)
                    .withReserveBytes(0)
                    .withSegmentBytes(segmentBytes);
        }

        void work(Random random, int steps) throws InterruptedException {
            try {
                EventLog log = EventLog.open(options);
                adopt(log);
                for (int step = 0; step < steps; step++) {
                    step(log, random);
                }
                if (random.nextBoolean()) {
                    log.close();
                    synced.addAll(appended);
                    appended.clear();
                }
            } catch (EventLogException failure) {
                assertThat(failure.code()).isIn(Code.FAILED, Code.INPUT_OUTPUT);
            } finally {
                files.releaseLocks();
            }
        }

        private void step(EventLog log, Random random) {
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> {
                    int count = 1 + random.nextInt(5);
                    long serial = nextSerial;
                    nextSerial += count;
                    for (int index = 0; index < count; index++) {
                        appended.add(serial + index);
                    }
                    long last = log.writer().append(events(serial, count), 0);
                    assertThat(last).isEqualTo(synced.size() + appended.size());
                }
                case 4, 5, 6 -> {
                    log.writer().sync();
                    synced.addAll(appended);
                    appended.clear();
                    assertThat(log.durablePosition()).isEqualTo(synced.size());
                }
                default -> {
                    if (!synced.isEmpty()) {
                        trimmedTo = Math.max(trimmedTo, random.nextInt(synced.size()) / 2);
                        log.trimTo(trimmedTo);
                    }
                }
            }
        }

        void crashAndCheck(Random random) throws InterruptedException {
            files.crash(random);
            try (EventLog log = EventLog.open(options)) {
                adopt(log);
            }
        }

        /** Checks the opened log against the model and takes over which unsynced events survived. */
        private void adopt(EventLog log) throws InterruptedException {
            assertThat(log.oldestPosition()).isLessThanOrEqualTo(trimmedTo + 1);
            assertThat(log.durablePosition()).isBetween((long) synced.size(), (long) synced.size() + appended.size());
            synced.addAll(appended.subList(0, (int) log.durablePosition() - synced.size()));
            appended.clear();
            List<Row> rows = readAll(log, log.oldestPosition());
            long position = log.oldestPosition();
            for (Row row : rows) {
                assertThat(row.position()).isEqualTo(position);
                assertThat(row.serial()).isEqualTo(synced.get((int) position - 1));
                position++;
            }
            assertThat(position - 1).isEqualTo(synced.size());
        }
    }
}
