package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.CommitOutcome;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.HandTime;
import dev.freshet.runtime.Randomness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request is run once: known for fourteen days, or refused, but never run a second time. */
@Timeout(60)
class RequestLedgerTest {
    private static final RequestSender NOBODY = RequestSender.of(Caller.anonymous());
    private static final String DURABLE = "durable";
    private static final String MEMORY = "memory";
    private static final RequestLedger.Bounds FEW = new RequestLedger.Bounds(Duration.ofDays(14), 3, 1 << 20, 2);

    @TempDir
    private Path folder;

    private final HandTime time = new HandTime(1_800_000_000_000L);
    private final ExecutorService notifications = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        notifications.shutdown();
    }

    private final class World implements AutoCloseable {
        final Database database;
        final RequestLedger ledger;

        World(RequestLedger.Bounds bounds) {
            Database.Builder builder = Database.builder(time, Randomness.secure(), time, notifications)
                    .commitStore(CommitLogFile.open(folder.resolve("commits")))
                    .memoryTable(TableDefinition.named(MEMORY))
                    .memoryTable(TableDefinition.named(DURABLE).durable());
            RequestLedger.addTables(builder);
            database = builder.start();
            ledger = new RequestLedger(database, time, time, bounds);
            ledger.restore();
        }

        /** What a mutation that adds a document is answered; empty if it had to be run. */
        Optional<MutationOutcome> send(String session, long requestId, String table) {
            RunRecord record = ledger.of(new RequestKey(session, requestId), NOBODY);
            Transaction transaction = database.begin(database.latest(), () -> false);
            Optional<MutationOutcome> found = record.find(transaction);
            if (found.isEmpty()) {
                var _ = transaction.insert(table, ConvexObject.empty());
                record.write(transaction, ConvexValue.of(requestId));
                assertThat(database.commit(transaction, CommitHook.NONE).join())
                        .isInstanceOf(CommitOutcome.Committed.class);
            }
            return found;
        }

        void assertAnswered(String session, long requestId) {
            assertThat(send(session, requestId, MEMORY))
                    .get()
                    .isInstanceOfSatisfying(
                            MutationOutcome.Committed.class,
                            answer -> assertThat(answer.result()).isEqualTo(ConvexValue.of(requestId)));
        }

        void assertRefused(String session, long requestId) {
            assertThat(send(session, requestId, MEMORY))
                    .get()
                    .isInstanceOfSatisfying(
                            MutationOutcome.Failed.class,
                            refusal -> assertThat(refusal.failure().message())
                                    .startsWith("RequestAnswerNotKept: this request was answered before"));
        }

        void sweep() {
            ledger.sweep().join();
        }

        @Override
        public void close() {
            database.close();
        }
    }

    @Test
    void anAnswerIsKeptForFourteenDays() {
        try (World world = new World(RequestLedger.Bounds.standard())) {
            assertThat(world.send("laptop", 1, MEMORY)).isEmpty();
            time.advance(Duration.ofHours(2));
            world.sweep();
            world.assertAnswered("laptop", 1);
            time.advance(Duration.ofDays(13));
            world.sweep();
            world.assertAnswered("laptop", 1);

            time.advance(Duration.ofDays(1));
            world.sweep();
            assertThat(world.send("laptop", 1, MEMORY)).isEmpty();
        }
    }

    @Test
    void whatHadToGoBeforeItsTimeIsRefusedAndNotRunAgain() {
        try (World world = new World(FEW)) {
            for (long requestId = 1; requestId <= 5; requestId++) {
                assertThat(world.send("a", requestId, MEMORY)).isEmpty();
            }
            world.sweep();

            world.assertRefused("a", 1);
            world.assertRefused("a", 2);
            world.assertAnswered("a", 3);
            assertThat(world.send("a", 6, MEMORY)).isEmpty();
            assertThat(world.send("b", 1, MEMORY)).isEmpty();
            assertThat(world.database.latest().size(MEMORY)).isEqualTo(7);
        }
    }

    @Test
    void aRepeatUnderWayWhileTheAnswerGoesIsNotRunEither() {
        try (World world = new World(FEW)) {
            assertThat(world.send("a", 1, MEMORY)).isEmpty();
            Transaction repeat = world.database.begin(world.database.latest(), () -> false);
            RunRecord record = world.ledger.of(new RequestKey("a", 1), NOBODY);
            Transaction unanswered = world.database.begin(world.database.latest(), () -> false);
            RunRecord other = world.ledger.of(new RequestKey("a", 0), NOBODY);
            assertThat(other.find(unanswered)).isEmpty();
            for (long requestId = 2; requestId <= 4; requestId++) {
                assertThat(world.send("a", requestId, MEMORY)).isEmpty();
            }
            world.sweep();

            // Its snapshot still has the answer.
            assertThat(record.find(repeat)).get().isInstanceOf(MutationOutcome.Committed.class);
            world.assertRefused("a", 1);
            // One that found nothing before the mark was set is in conflict and finds the mark.
            var _ = unanswered.insert(MEMORY, ConvexObject.empty());
            other.write(unanswered, ConvexValue.of(0));
            assertThat(world.database.commit(unanswered, CommitHook.NONE).join())
                    .isInstanceOf(CommitOutcome.Conflict.class);
            world.assertRefused("a", 0);
        }
    }

    @Test
    void aRestartKeepsTheMarksOfWhatItKeepsAndForgetsThoseOfWhatItForgets() {
        try (World world = new World(FEW)) {
            assertThat(world.send("kept", 1, DURABLE)).isEmpty();
            assertThat(world.send("forgotten", 1, MEMORY)).isEmpty();
            for (long requestId = 1; requestId <= 3; requestId++) {
                assertThat(world.send("later", requestId, DURABLE)).isEmpty();
            }
            world.sweep();
            world.assertRefused("kept", 1);
            world.assertRefused("forgotten", 1);
        }
        try (World world = new World(FEW)) {
            world.assertRefused("kept", 1);
            world.assertAnswered("later", 1);
            assertThat(world.send("forgotten", 1, MEMORY)).isEmpty();
            // What was kept from before has its age, and the oldest goes first.
            world.sweep();
            world.assertRefused("later", 1);
            world.assertAnswered("later", 3);
            time.advance(Duration.ofDays(15));
            world.sweep();
            assertThat(world.send("kept", 1, DURABLE)).isEmpty();
        }
    }

    @Test
    void marksAreBoundedByTheNumberOfSessions() {
        try (World world = new World(FEW)) {
            for (String session : new String[] {"a", "b", "c", "d", "e", "f"}) {
                assertThat(world.send(session, 1, MEMORY)).isEmpty();
            }
            world.sweep();

            world.assertRefused("c", 1);
            world.assertRefused("b", 1);
            world.assertAnswered("d", 1);
            // The mark of the oldest session is lost.
            assertThat(world.send("a", 1, MEMORY)).isEmpty();
        }
    }
}
