package dev.freshet.reactive;

import static dev.freshet.reactive.TestDatabase.ITEMS;
import static dev.freshet.reactive.TestDatabase.group;
import static dev.freshet.reactive.TestDatabase.item;
import static dev.freshet.runtime.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    @TempDir
    private Path folder;

    @Test
    void aTransactionWhoseReadsWereWrittenIsInConflictAndOthersAreNot() {
        try (TestDatabase tables = new TestDatabase()) {
            Transaction stale = tables.begin();
            stale.query(ITEMS).withIndex("by_group", group("a")).count();
            stale.insert(ITEMS, item("a", 1));
            Transaction unrelated = tables.begin();
            unrelated.query(ITEMS).withIndex("by_group", group("b")).count();
            unrelated.insert(ITEMS, item("b", 1));
            Transaction first = tables.begin();
            first.insert(ITEMS, item("a", 1));
            tables.committed(first);

            assertThat(tables.commit(unrelated)).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(tables.commit(stale)).isInstanceOf(CommitOutcome.Conflict.class);
            assertThat(tables.database.latest().size(ITEMS)).isEqualTo(2);
        }
    }

    @Test
    void timestampsAscendThoughTheClockStandsStillOrGoesBack() {
        try (TestDatabase tables = new TestDatabase()) {
            List<Long> timestamps = new ArrayList<>();
            for (int count = 0; count < 5; count++) {
                Transaction writing = tables.begin();
                writing.insert(ITEMS, item("a", count));
                timestamps.add(tables.committed(writing));
                tables.time.set(tables.time.epochNs() - 1_000_000_000);
            }

            assertThat(timestamps).isSorted().doesNotHaveDuplicates();
            assertThat(tables.database.latest().timestampNs()).isEqualTo(timestamps.getLast());
        }
    }

    @Test
    void aRestartGoesOnPastAllTimestampsThoughTheClockWentBack() throws IOException {
        Path file = folder.resolve("ceiling");
        Path afterCrash = folder.resolve("after crash");
        long last;
        try (TestDatabase tables =
                new TestDatabase(builder -> builder.timestampCeiling(TimestampCeiling.inFile(file)))) {
            Transaction writing = tables.begin();
            writing.insert(ITEMS, item("a", 1));
            last = tables.committed(writing);
            // What a crash at this moment would leave behind.
            Files.copy(file, afterCrash);
        }
        for (Path left : List.of(file, afterCrash)) {
            try (TestDatabase tables = new TestDatabase(builder -> {
                return builder.timestampCeiling(TimestampCeiling.inFile(left));
            })) {
                tables.time.set(5);
                Transaction writing = tables.begin();
                writing.insert(ITEMS, item("a", 1));
                assertThat(tables.committed(writing)).isGreaterThan(last);
            }
        }
        // The control: without the file the clock alone decides.
        try (TestDatabase tables = new TestDatabase()) {
            assertThat(tables.database.latest().timestampNs()).isLessThanOrEqualTo(last);
        }
    }

    @Test
    void timestampsStayBelowACeilingThatCannotBeStored() {
        AtomicBoolean broken = new AtomicBoolean();
        AtomicLong stored = new AtomicLong();
        TimestampCeiling ceiling = new TimestampCeiling() {
            @Override
            public long read() {
                return 0;
            }

            @Override
            public void store(long ceilingNs) {
                if (broken.get()) {
                    throw new UncheckedIOException(new IOException("disk full"));
                }
                stored.set(ceilingNs);
            }
        };
        try (TestDatabase tables = new TestDatabase(builder -> builder.timestampCeiling(ceiling))) {
            broken.set(true);
            long last = tables.database.latest().timestampNs();
            for (int step = 0; step < 20; step++) {
                tables.time.advance(Duration.ofSeconds(30));
                Transaction writing = tables.begin();
                writing.insert(ITEMS, item("a", step));
                assertThat(tables.committed(writing)).isGreaterThan(last).isLessThanOrEqualTo(stored.get());
                last = tables.database.latest().timestampNs();
            }
            broken.set(false);
            tables.time.advance(Duration.ofSeconds(30));
            Transaction writing = tables.begin();
            writing.insert(ITEMS, item("a", 20));
            assertThat(tables.committed(writing))
                    .isEqualTo(tables.time.epochNs())
                    .isLessThanOrEqualTo(stored.get());
        }
    }

    @Test
    void aCeilingThatCouldNeverBeStoredKeepsTheDatabaseFromStarting() {
        TimestampCeiling broken = new TimestampCeiling() {
            @Override
            public long read() {
                return 1;
            }

            @Override
            public void store(long ceilingNs) {
                throw new UncheckedIOException(new IOException("disk full"));
            }
        };
        assertThatThrownBy(() -> new TestDatabase(builder -> builder.timestampCeiling(broken)))
                .hasMessageContaining("disk full");
    }

    @Test
    void aSubscriptionFiresOnceForWhatTouchesItAndNeverForAnythingElse() {
        try (TestDatabase tables = new TestDatabase()) {
            Transaction reading = tables.begin();
            reading.query(ITEMS).withIndex("by_group", group("a")).count();
            AtomicInteger fired = new AtomicInteger();
            Subscription subscription = tables.database
                    .subscribe(reading.readSet(), reading.snapshot().timestampNs(), fired::incrementAndGet)
                    .join();

            insert(tables, "b");
            assertThat(subscription.invalidatedAtNs()).isEqualTo(Subscription.NEVER);
            long touchedAt = insert(tables, "a");
            insert(tables, "a");

            assertThat(subscription.invalidatedAtNs()).isEqualTo(touchedAt);
            eventually("fired", () -> fired.get() > 0);
            assertThat(tables.database.subscribedIntervals()).isZero();
            assertThat(fired).hasValue(1);
        }
    }

    @Test
    void aCommitBetweenReadingAndSubscribingIsNotMissed() {
        try (TestDatabase tables = new TestDatabase()) {
            Transaction reading = tables.begin();
            reading.query(ITEMS).withIndex("by_group", group("a")).count();
            long touchedAt = insert(tables, "a");
            insert(tables, "a");
            AtomicInteger fired = new AtomicInteger();

            Subscription subscription = tables.database
                    .subscribe(reading.readSet(), reading.snapshot().timestampNs(), fired::incrementAndGet)
                    .join();

            assertThat(subscription.invalidatedAtNs()).isEqualTo(touchedAt);
            eventually("fired", () -> fired.get() == 1);
        }
    }

    @Test
    void whoeverIsTouchedIsMarkedBeforeAnybodyCanSeeTheCommit() {
        try (TestDatabase tables = new TestDatabase()) {
            Transaction reading = tables.begin();
            reading.query(ITEMS).count();
            Subscription subscription = tables.database
                    .subscribe(reading.readSet(), reading.snapshot().timestampNs(), () -> {})
                    .join();
            List<Boolean> seen = new CopyOnWriteArrayList<>();
            Transaction writing = tables.begin();
            writing.insert(ITEMS, item("a", 1));
            tables.database
                    .commit(writing, timestampNs -> {
                        seen.add(subscription.invalidatedAtNs() == timestampNs);
                        seen.add(tables.database.latest().timestampNs() < timestampNs);
                    })
                    .join();

            assertThat(seen).containsExactly(true, true);
        }
    }

    @Test
    void hooksListenersAndSerialRunsThatThrowHarmNobodyElse() {
        try (TestDatabase tables = new TestDatabase()) {
            AtomicInteger fired = new AtomicInteger();
            Transaction reading = tables.begin();
            reading.query(ITEMS).count();
            long readAt = reading.snapshot().timestampNs();
            tables.database
                    .subscribe(reading.readSet(), readAt, () -> {
                        throw new IllegalStateException("a listener");
                    })
                    .join();
            tables.database
                    .subscribe(reading.readSet(), readAt, fired::incrementAndGet)
                    .join();
            Transaction writing = tables.begin();
            writing.insert(ITEMS, item("a", 1));

            CommitOutcome outcome = tables.database
                    .commit(writing, timestampNs -> {
                        throw new IllegalStateException("a hook");
                    })
                    .join();
            CompletableFuture<CommitOutcome> serial = tables.database.commitSerially(
                    snapshot -> {
                        throw new AssertionError("a function");
                    },
                    CommitHook.NONE);

            assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(tables.database.latest().size(ITEMS)).isOne();
            eventually("the other listener heard", () -> fired.get() == 1);
            assertThatThrownBy(serial::join).isInstanceOf(CompletionException.class);
            assertThat(insert(tables, "b")).isPositive();
        }
    }

    @Test
    void whoHearsOfACommitDoesNotHoldUpTheNext() {
        try (TestDatabase tables = new TestDatabase()) {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch listens = new CountDownLatch(1);
            Transaction writing = tables.begin();
            writing.insert(ITEMS, item("a", 1));
            CompletableFuture<Void> slow = tables.database
                    .commit(writing, timestampNs -> awaitQuietly(listens))
                    .thenRun(() -> awaitQuietly(release));
            listens.countDown();

            assertThat(insert(tables, "b")).isPositive();
            assertThat(slow).isNotDone();
            release.countDown();
            slow.join();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void fullAndStoppedAreTwoRefusals() {
        TestDatabase tables = new TestDatabase(builder -> builder.maxQueuedCommits(2));
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        CompletableFuture<CommitOutcome> first = tables.database.commitSerially(
                snapshot -> {
                    busy.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException interruption) {
                        Thread.currentThread().interrupt();
                    }
                    return tables.database.begin(snapshot, () -> false);
                },
                CommitHook.NONE);
        List<CompletableFuture<CommitOutcome>> queued = new ArrayList<>();
        try {
            busy.await();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
        for (int count = 0; count < 3; count++) {
            queued.add(tables.database.commit(tables.begin(), CommitHook.NONE));
        }

        assertThat(codeOf(queued.get(2))).isEqualTo(DatabaseException.Code.COMMITTER_FULL);
        release.countDown();
        assertThat(first.join()).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(queued.get(1).join()).isInstanceOf(CommitOutcome.Committed.class);
        tables.close();
        assertThat(codeOf(tables.database.commit(tables.begin(), CommitHook.NONE)))
                .isEqualTo(DatabaseException.Code.STOPPED);
    }

    @Test
    void aDemandTablesProviderHearsOfTheFirstAndTheLastWatcher() {
        List<String> calls = new CopyOnWriteArrayList<>();
        DemandProvider provider = new DemandProvider() {
            @Override
            public void demanded(String key) {
                calls.add("+" + key);
                if (key.equals("broken")) {
                    throw new AssertionError("a provider");
                }
            }

            @Override
            public void released(String key) {
                calls.add("-" + key);
            }
        };
        try (TestDatabase tables =
                new TestDatabase(builder -> builder.demandTable("rows", Duration.ofSeconds(10), provider))) {
            DemandKey a = new DemandKey("rows", "a");
            tables.database.acquire(new DemandKey("rows", "broken"));
            tables.database.acquire(a);
            tables.database.acquire(a);
            tables.database.release(a);
            tables.time.advance(Duration.ofSeconds(20));
            assertThat(calls).containsExactly("+broken", "+a");

            tables.database.release(a);
            tables.time.advance(Duration.ofSeconds(9));
            tables.database.acquire(a);
            tables.time.advance(Duration.ofSeconds(9));
            assertThat(calls).as("it lingered").containsExactly("+broken", "+a");

            tables.database.release(a);
            tables.time.advance(Duration.ofSeconds(10));
            assertThat(calls).containsExactly("+broken", "+a", "-a");
            tables.database.acquire(a);
            tables.time.runDue();
            assertThat(calls).containsExactly("+broken", "+a", "-a", "+a");
            assertThat(tables.database.demandedRows()).isEqualTo(2);
        }
    }

    @Test
    void aDemandedRowIsAbsentThenThereThenGoneWithItsDemand() {
        DemandProvider silent = new DemandProvider() {
            @Override
            public void demanded(String key) {}

            @Override
            public void released(String key) {}
        };
        try (TestDatabase tables = new TestDatabase(builder -> builder.demandTable("rows", Duration.ZERO, silent))) {
            ConvexObject row = ConvexObject.of("value", ConvexValue.of(1));
            DemandTable table = tables.database.demandTable("rows");
            table.publish(Map.of("a", Optional.of(row))).toCompletableFuture().join();
            assertThat(tables.database.latest().size("rows"))
                    .as("nobody demands it")
                    .isZero();

            Transaction reading = tables.begin();
            assertThat(reading.get("rows", "a")).isEmpty();
            DemandKey a = new DemandKey("rows", "a");
            assertThat(reading.demanded()).containsExactly(a);
            assertThat(reading.absentDemand()).containsExactly(a);
            assertThatThrownBy(() -> reading.insert("rows", row)).hasMessageContaining("made by its provider");

            tables.database.acquire(a);
            tables.time.runDue();
            table.publish(Map.of("a", Optional.of(row), "b", Optional.of(row)))
                    .toCompletableFuture()
                    .join();
            Transaction again = tables.begin();
            assertThat(again.get("rows", "a")).contains(row);
            assertThat(again.absentDemand()).isEmpty();
            assertThat(tables.database.latest().size("rows")).isOne();

            tables.database.release(a);
            tables.time.advance(Duration.ofMillis(1));
            insert(tables, "after it");
            assertThat(tables.database.latest().size("rows")).isZero();
        }
    }

    private static DatabaseException.Code codeOf(CompletableFuture<?> refused) {
        return refused.handle((ignored, failure) -> ((DatabaseException) failure).code())
                .join();
    }

    private static long insert(TestDatabase tables, String group) {
        Transaction writing = tables.begin();
        writing.insert(ITEMS, item(group, 1));
        return tables.committed(writing);
    }
}
