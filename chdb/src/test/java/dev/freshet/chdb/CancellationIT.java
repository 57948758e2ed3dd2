package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CancellationIT {
    private static final Statement LONG = Statement.of("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)");

    private Chdb chdb;

    @BeforeAll
    void open(@TempDir Path folder) {
        chdb = Chdb.open(TestEngine.options(folder).withConnections(2));
    }

    @AfterAll
    void close() {
        chdb.close();
    }

    private CompletableFuture<ChdbResult> start(Statement statement) {
        return CompletableFuture.supplyAsync(
                () -> chdb.query(statement), task -> Thread.ofVirtual().start(task));
    }

    private static ChdbException failureOf(CompletableFuture<ChdbResult> query) {
        try {
            query.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ChdbException failure) {
                return failure;
            }
            throw e;
        }
        throw new AssertionError("the statement should have failed");
    }

    @Test
    @Timeout(60)
    void aRunningStatementIsCancelledFromAnotherThread() throws InterruptedException {
        Cancellation cancellation = new Cancellation();
        CompletableFuture<ChdbResult> query = start(LONG.withCancellation(cancellation));
        TestEngine.await("it runs", () -> TestEngine.running(chdb, "1000000000000") == 1);

        cancellation.cancel();

        assertThat(failureOf(query))
                .extracting(ChdbException::code, ChdbException::codeName)
                .containsExactly(394, "QUERY_WAS_CANCELLED");
        TestEngine.await("it ended", () -> TestEngine.running(chdb, "1000000000000") == 0);
    }

    @Test
    @Timeout(120)
    void aCancellationIsNotLostWheneverItComes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            Cancellation cancellation = new Cancellation();
            CompletableFuture<ChdbResult> query = start(LONG.withCancellation(cancellation));
            LockSupport.parkNanos(random.nextInt(3_000_000)); // anywhere between not begun and at work
            cancellation.cancel();
            assertThat(failureOf(query).code()).as("seed %d, round %d", seed, i).isEqualTo(394);
        }
        assertThat(chdb.unresponsiveConnections()).isZero();
    }

    @Test
    @Timeout(120)
    void cancellingAStatementThatIsDoneHitsNoOther() {
        for (int i = 0; i < 200; i++) {
            Cancellation cancellation = new Cancellation();
            CompletableFuture<ChdbResult> victim =
                    start(Statement.of("SELECT 1").withCancellation(cancellation));
            Thread.ofVirtual().start(cancellation::cancel);
            assertThat(chdb.query(Statement.of("SELECT 2")).text()).isEqualTo("2\n");
            assertThat(chdb.query(Statement.of("SELECT 3")).text()).isEqualTo("3\n");
            victim.handle((result, failure) -> true).join();
        }
    }

    @Test
    void aStatementThatWasCancelledBeforeDoesNotBegin() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThat(TestEngine.failureOf(() -> chdb.query(LONG.withCancellation(cancellation)))
                        .code())
                .isEqualTo(394);
        assertThat(TestEngine.failureOf(() -> chdb.stream(LONG.withCancellation(cancellation)))
                        .code())
                .isEqualTo(394);
        assertThat(cancellation.isCancelled()).isTrue();
    }

    @Test
    void aCancellationServesOneStatementOnly() {
        Cancellation cancellation = new Cancellation();
        Statement statement = Statement.of("SELECT 1").withCancellation(cancellation);
        chdb.query(statement);

        assertThatThrownBy(() -> chdb.query(statement)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Timeout(60)
    void aStatementEndsAtItsTimeLimit() throws InterruptedException {
        Statement limited = LONG.withTimeout(Duration.ofMillis(200));

        assertThat(TestEngine.failureOf(() -> chdb.query(limited)))
                .extracting(ChdbException::code, ChdbException::codeName)
                .containsExactly(159, "TIMEOUT_EXCEEDED");
        TestEngine.await("it ended", () -> TestEngine.running(chdb, "1000000000000") == 0);
        assertThat(chdb.unresponsiveConnections()).isZero();
    }

    @Test
    @Timeout(60)
    void interruptingTheCallerCancelsItsStatement() throws InterruptedException {
        CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            ChdbException failure = TestEngine.failureOf(() -> chdb.query(LONG));
            wasInterrupted.complete(
                    failure.code() == 394 && Thread.currentThread().isInterrupted());
        });
        TestEngine.await("it runs", () -> TestEngine.running(chdb, "1000000000000") == 1);

        caller.interrupt();

        assertThat(wasInterrupted.join()).isTrue();
        TestEngine.await("it ended", () -> TestEngine.running(chdb, "1000000000000") == 0);
    }
}
