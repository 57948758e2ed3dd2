package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.event.EventRowsBuilder;
import dev.freshet.eventlog.LogFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventStoreWriterIT {
    private static final Pattern CUT = Pattern.compile("^.{36}-(\\d+)-(\\d+)-");

    @TempDir
    private Path folder;

    private WriterWorld world;

    @BeforeEach
    void open() {
        world = new WriterWorld(folder, EngineUnderTest.store(EngineUnderTest.newDatabaseName(), 500));
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void eventsOfTheLogReachTheTableAndEveryRollupAndAreThenStored() {
        world.append(TestEvents.block(1, 300, TestEvents.noon()));
        world.start();
        world.append(TestEvents.block(301, 200, TestEvents.noon()));

        world.await(() -> world.announced() == 500);

        assertThat(world.counts()).matches(counts -> counts.areAll(500));
        assertThat(world.writer().status()).satisfies(status -> {
            assertThat(status.inserted()).isEqualTo(500);
            assertThat(status.stored()).isEqualTo(500);
            assertThat(status.backlogEvents()).isZero();
            assertThat(status.oldestWaiting()).isZero();
            assertThat(status.failure()).isEmpty();
        });
    }

    @Test
    void aBatchWhoseAnswerWasLostAndThatWouldHaveGrownCountsOnce() throws InterruptedException {
        world.store.setFault(UnreliableStore.Fault.after());
        world.append(TestEvents.block(1, 100, TestEvents.noon()));
        world.start();
        world.await(() -> world.store.tokens().size() >= 2);
        world.crash();
        world.append(TestEvents.block(101, 50, TestEvents.noon()));

        world.start();
        world.awaitInserted(150);

        assertThat(world.counts()).matches(counts -> counts.areAll(150));
        assertThat(world.store.tokens()).anySatisfy(token -> assertThat(token).contains("-1-100-"));
        assertThat(world.store.tokens().getLast()).contains("-101-150-");
    }

    @Test
    void aCutThatWasRecordedAndNeverInsertedIsInsertedAfterTheCrash() throws InterruptedException {
        world.store.setFault(UnreliableStore.Fault.before());
        world.append(TestEvents.block(1, 100, TestEvents.noon()));
        world.start();
        world.await(() -> !world.store.tokens().isEmpty());
        world.crash();
        assertThat(world.counts()).matches(counts -> counts.areAll(0));

        world.start();
        world.awaitInserted(100);

        assertThat(world.counts()).matches(counts -> counts.areAll(100));
    }

    @Test
    void whatWasInsertedButNotStoredIsRepeatedWithoutEffect() throws InterruptedException {
        world.store.setSyncFailing(true);
        world.start();
        for (int block = 0; block < 5; block++) {
            world.append(TestEvents.block(1, 20, TestEvents.noon()));
            world.awaitInserted(20L * (block + 1));
        }
        assertThat(world.writer().storedPosition()).isZero();
        int before = world.store.tokens().size();
        world.crash();

        world.start();
        world.await(() -> world.announced() == 100);

        assertThat(world.store.tokens().subList(before, before + 5))
                .containsExactlyElementsOf(world.store.tokens().subList(0, 5));
        assertThat(world.counts()).matches(counts -> counts.areAll(100));
    }

    @Test
    void tenDaysAtOnceCountOnceAlsoWhenRepeatedInTheirMiddle() throws InterruptedException {
        int[] inserts = {0};
        world.store.setFault(new UnreliableStore.Fault() {
            @Override
            public void beforeInsert(TableInsert insert) {}

            @Override
            public void afterInsert(TableInsert insert) {
                if (++inserts[0] == 4) {
                    throw UnreliableStore.unreachable();
                }
            }
        });
        Instant first = TestEvents.noon().minus(Duration.ofDays(5));
        world.append(TestEvents.block(1, 200, first, Duration.ofDays(9).dividedBy(199)));
        world.start();
        world.awaitInserted(200);
        world.crash();

        world.start();
        world.awaitInserted(200);

        assertThat(world.number("SELECT uniqExact(toDate(timestamp)) FROM events"))
                .isEqualTo(10);
        assertThat(world.counts()).matches(counts -> counts.areAll(200));
    }

    /** More than the hundred partitions that an insert may touch, the oldest as old as a retention of 400 days lets in. */
    @Test
    void aBackfillOverARetentionOf400DaysIsTakenThoughAnInsertMayTouchOneHundredPartitions(@TempDir Path otherFolder) {
        EmbeddedEventStore store = EngineUnderTest.store(EngineUnderTest.newDatabaseName(), 400);
        try (WriterWorld year = new WriterWorld(otherFolder, store)) {
            Instant first = TestEvents.noon().minus(Duration.ofDays(398));
            year.append(TestEvents.block(1, 133, first, Duration.ofDays(3)));

            year.start();
            year.await(() -> year.announced() == 133);

            StoredCounts counts = year.counts();
            // Minutes older than 8 days may be gone by their TTL already.
            assertThat(counts.events()).isEqualTo(133);
            assertThat(counts.hours()).isEqualTo(133);
            assertThat(counts.days()).isEqualTo(133);
            assertThat(year.writer().status().refusedEvents()).isZero();
        }
    }

    @Test
    void aRefusedRowIsSetAsideAndTheRestGoesOn() {
        refusePoison();
        appendWithPoison(64, 20, 41);
        world.append(TestEvents.block(65, 10, TestEvents.noon()));

        world.start();
        world.await(() -> world.announced() == 74);

        assertThat(world.counts()).matches(counts -> counts.areAll(72));
        assertThat(world.writer().status().refusedEvents()).isEqualTo(2);
        assertThat(world.number("""
                        SELECT count() FROM rejected_events WHERE team_id = 'team_1' AND dialect = 'native'
                        AND code = 'store_refused' AND JSONExtractInt(body, 'log_position') IN (20, 41)
                        """)).isEqualTo(2);
    }

    @Test
    void aBatchThatWasDividedIsNeverTakenAsAWholeAgain() throws InterruptedException {
        refusePoison();
        int[] good = {0};
        world.store.setFault(new UnreliableStore.Fault() {
            @Override
            public void beforeInsert(TableInsert insert) {
                if (good[0] >= 3) {
                    throw UnreliableStore.unreachable();
                }
            }

            @Override
            public void afterInsert(TableInsert insert) {
                good[0]++;
            }
        });
        appendWithPoison(64, 41);
        world.start();
        world.await(() -> good[0] >= 3);
        world.await(() -> world.writer().status().failure().isPresent());
        world.crash();
        // The engine would now take the whole batch, whose first rows are in already under other tokens.
        world.engine.execute(StoreQuery.of("ALTER TABLE events DROP CONSTRAINT no_poison"));

        world.start();
        world.awaitInserted(64);

        assertThat(world.number("SELECT uniqExact(event_id) FROM events")).isEqualTo(64);
        assertThat(world.counts()).matches(counts -> counts.areAll(64));
    }

    @Test
    void anOutageOfTheStoreIsWaitedOutAndShown() {
        world.store.setFault(UnreliableStore.Fault.before());
        world.start();
        world.append(TestEvents.block(1, 10, TestEvents.noon()));
        world.append(TestEvents.block(11, 10, TestEvents.noon()));
        world.await(() -> world.writer().status().failedAttempts() >= 3);
        assertThat(world.writer().status()).satisfies(status -> {
            assertThat(status.backlogEvents()).isEqualTo(20);
            assertThat(status.failure()).contains("the test says no");
        });

        world.store.setFault(UnreliableStore.Fault.none());
        world.awaitInserted(20);

        world.await(() -> world.writer().status().failure().isEmpty());
        assertThat(world.counts()).matches(counts -> counts.areAll(20));
    }

    @Test
    void theBacklogOfAnOutageGoesInOldestFirst() {
        world.store.setFault(UnreliableStore.Fault.before());
        world.start();
        for (int block = 0; block < 100; block++) {
            world.append(TestEvents.block(1, 1_000, TestEvents.noon(), Duration.ofMillis(1)));
        }
        world.await(() -> world.writer().status().failedAttempts() >= 3);
        WriterStatus away = world.writer().status();
        assertThat(away.backlogEvents()).isEqualTo(100_000);
        assertThat(world.log.bytesPast(away.stored())).isGreaterThan(100_000 * 20);
        world.await(() -> world.writer().status().oldestWaiting().compareTo(away.oldestWaiting()) > 0);

        List<String> taken = world.store.takenTokens();
        assertThat(taken).isEmpty();
        world.store.setFault(UnreliableStore.Fault.none());
        world.await(() -> world.announced() == 100_000);

        long next = 1;
        for (String token : world.store.takenTokens()) {
            Matcher cut = CUT.matcher(token);
            assertThat(cut.find()).as(token).isTrue();
            assertThat(Long.parseLong(cut.group(1))).as(token).isEqualTo(next);
            next = Long.parseLong(cut.group(2)) + 1;
        }
        assertThat(next).isEqualTo(100_001);
        assertThat(world.counts()).matches(counts -> counts.areAll(100_000));
        world.await(() -> world.log.bytesPast(world.writer().status().stored()) == 0);
        world.await(() -> world.writer().status().oldestWaiting().isZero());
    }

    @Test
    void storedWaitsForASyncThatSucceeds() {
        world.store.setSyncFailing(true);
        world.append(TestEvents.block(1, 10, TestEvents.noon()));
        world.start();
        world.awaitInserted(10);
        assertThat(world.announced()).isZero();

        world.store.setSyncFailing(false);

        world.await(() -> world.announced() == 10);
    }

    @Test
    void stoppingBringsWhatIsInTheLog() throws InterruptedException {
        WriterOptions slow = WriterOptions.of(Duration.ofSeconds(60), 1_000_000, Duration.ofSeconds(60));
        world.start(slow);
        world.append(TestEvents.block(1, 30, TestEvents.noon()));

        assertThat(world.writer().stop(Duration.ofSeconds(20))).isTrue();

        assertThat(world.counts()).matches(counts -> counts.areAll(30));
        assertThat(world.announced()).isEqualTo(30);
    }

    @Test
    void stoppingWhileTheStoreIsAwayLeavesTheRestInTheLog() throws InterruptedException {
        world.store.setFault(UnreliableStore.Fault.before());
        world.append(TestEvents.block(1, 30, TestEvents.noon()));
        world.start();

        assertThat(world.writer().stop(Duration.ofMillis(50))).isTrue();
        world.store.setFault(UnreliableStore.Fault.none());
        world.start();
        world.awaitInserted(30);

        assertThat(world.counts()).matches(counts -> counts.areAll(30));
    }

    @Test
    void betweenTwoInsertsTheTablesHoldExactlyThePositionGiven() throws InterruptedException {
        world.start();
        CountDownLatch begun = new CountDownLatch(1);
        Thread appending = Thread.ofPlatform().start(() -> {
            for (int block = 0; block < 40; block++) {
                world.append(TestEvents.block(1, 25, TestEvents.noon(), Duration.ofHours(1)));
                begun.countDown();
            }
        });
        begun.await();
        for (int look = 0; look < 10; look++) {
            boolean isExact = world.writer().betweenInserts(position -> {
                StoredCounts counts = world.counts();
                return counts.events() == position && counts.minutes() == position && counts.hours() == position;
            });
            assertThat(isExact).isTrue();
        }
        appending.join();
        world.awaitInserted(1000);
    }

    @Test
    void twoLogsWithTheSamePositionsAreDifferentEvents(@TempDir Path otherFolder) {
        world.append(TestEvents.block(1, 10, TestEvents.noon()));
        world.start();
        world.awaitInserted(10);
        try (WriterWorld other = new WriterWorld(otherFolder, EngineUnderTest.store(world.engine.database(), 500))) {
            other.append(TestEvents.block(1, 10, TestEvents.noon()));
            other.start();
            other.awaitInserted(10);
            assertThat(world.counts()).matches(counts -> counts.areAll(20));
        }
    }

    @Test
    void aLogThatIsOlderThanItsJournalIsRefused() {
        try (CutJournal journal = CutJournal.open(LogFiles.disk(), folder.resolve("cuts"))) {
            journal.recordCut(new Cut(1, 10));
        }
        assertThatThrownBy(world::start)
                .isInstanceOfSatisfying(
                        EventStoreException.class,
                        failure -> assertThat(failure.codeName()).isEqualTo(EventStoreException.JOURNAL_MISMATCH));
    }

    private void refusePoison() {
        world.engine.execute(StoreQuery.of("ALTER TABLE events ADD CONSTRAINT no_poison CHECK name != 'poison'"));
    }

    private void appendWithPoison(int count, int... poisoned) {
        EventRowsBuilder builder = new EventRowsBuilder(4096);
        for (int position = 1; position <= count; position++) {
            boolean isPoison = java.util.Arrays.binarySearch(poisoned, position) >= 0;
            TestEvents.add(builder, position, TestEvents.noon().plusSeconds(position), isPoison ? "poison" : "/fine");
        }
        world.append(builder.build());
    }
}
