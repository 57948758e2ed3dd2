package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class LifecycleIT {
    private static final Statement LONG = Statement.of("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)");

    @TempDir
    private Path folder;

    private static <T> CompletableFuture<T> async(java.util.function.Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, task -> Thread.ofVirtual().start(task));
    }

    private static String outcome(CompletableFuture<?> call) {
        try {
            call.join();
            return "done";
        } catch (CompletionException e) {
            return e.getCause() instanceof ChdbException failure ? failure.codeName() : e.toString();
        }
    }

    @Test
    void whatWasStoredIsThereAfterOpeningAgain() {
        try (Chdb chdb = Chdb.open(TestEngine.options(folder))) {
            chdb.query(Statement.of("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a"));
            chdb.query(Statement.of("INSERT INTO t VALUES (7)"));
        }
        try (Chdb chdb = Chdb.open(TestEngine.options(folder))) {
            assertThat(chdb.query(Statement.of("SELECT a FROM t")).text()).isEqualTo("7\n");
        }
    }

    @Test
    void everyCallAfterCloseFails() {
        Chdb chdb = Chdb.open(TestEngine.options(folder));
        ChdbResultStream stream = chdb.stream(Statement.of("SELECT number FROM system.numbers"));
        chdb.close(Duration.ofMillis(100));
        chdb.close();

        assertThat(List.of(
                        TestEngine.failureOf(() -> chdb.query(LONG)),
                        TestEngine.failureOf(() -> chdb.stream(LONG)),
                        TestEngine.failureOf(() -> chdb.classify("SELECT 1")),
                        TestEngine.failureOf(() -> chdb.insert(LONG, InsertSource.of(java.nio.ByteBuffer.allocate(1)))),
                        TestEngine.failureOf(() -> chdb.backup("default", folder, Duration.ofSeconds(1))),
                        TestEngine.failureOf(() -> {
                            while (stream.next().isPresent()) {
                                // what had been made when it was closed
                            }
                        })))
                .extracting(ChdbException::codeName)
                .containsExactly(
                        "ENGINE_CLOSED",
                        "ENGINE_CLOSED",
                        "ENGINE_CLOSED",
                        "ENGINE_CLOSED",
                        "ENGINE_CLOSED",
                        "QUERY_WAS_CANCELLED");
    }

    @Test
    @Timeout(60)
    void closingWaitsForShortStatementsAndCancelsLongOnes() throws InterruptedException {
        Chdb chdb = Chdb.open(TestEngine.options(folder).withConnections(2));
        CompletableFuture<ChdbResult> longOne = async(() -> chdb.query(LONG));
        TestEngine.await("it runs", () -> TestEngine.running(chdb, "1000000000000") == 1);
        CompletableFuture<ChdbResult> shortOne = async(() -> chdb.query(Statement.of("SELECT sleep(0.5) + 2")));
        TestEngine.await("it runs too", () -> !shortOne.isDone());

        chdb.close(Duration.ofSeconds(2));

        assertThat(outcome(longOne)).isEqualTo("QUERY_WAS_CANCELLED");
        assertThat(outcome(shortOne)).isIn("done", "ENGINE_CLOSED");
    }

    @Test
    @Timeout(120)
    void closingWhileManyThreadsQueryLeavesNobodyWaiting() throws InterruptedException {
        for (int round = 0; round < 5; round++) {
            Chdb chdb = Chdb.open(TestEngine.options(folder).withConnections(4));
            List<CompletableFuture<String>> callers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                callers.add(async(() -> {
                    while (true) {
                        try {
                            chdb.query(Statement.of("SELECT count() FROM numbers(10000)"));
                        } catch (ChdbException e) {
                            return e.codeName();
                        }
                    }
                }));
            }
            TestEngine.await("all have begun", () -> callers.size() == 16);

            chdb.close();

            for (CompletableFuture<String> caller : callers) {
                assertThat(caller.join()).isEqualTo("ENGINE_CLOSED");
            }
        }
    }

    @Test
    @Timeout(60)
    void whoWaitsForAConnectionIsToldWhenTheEngineCloses() throws InterruptedException {
        Chdb chdb = Chdb.open(TestEngine.options(folder).withConnections(1).withAcquireTimeout(Duration.ofMinutes(5)));
        ChdbResultStream holder = chdb.stream(Statement.of("SELECT number FROM system.numbers"));
        assertThat(holder.next()).isPresent();
        CompletableFuture<ChdbResult> waiting = async(() -> chdb.query(Statement.of("SELECT 1")));

        chdb.close(Duration.ofMillis(200));

        assertThat(outcome(waiting)).isEqualTo("ENGINE_CLOSED");
    }

    @Test
    void whoFindsNoFreeConnectionIsRefusedAfterTheTimeout() throws InterruptedException {
        ChdbOptions options = TestEngine.options(folder).withConnections(1).withAcquireTimeout(Duration.ofMillis(100));
        try (Chdb chdb = Chdb.open(options)) {
            try (ChdbResultStream holder = chdb.stream(Statement.of("SELECT number FROM system.numbers"))) {
                assertThat(holder.next()).isPresent();
                assertThat(TestEngine.failureOf(() -> chdb.query(Statement.of("SELECT 1")))
                                .codeName())
                        .isEqualTo(ChdbException.NO_FREE_CONNECTION);
            }
        }
    }

    @Test
    void aProcessHasOneEngineAtATime(@TempDir Path other) {
        try (Chdb first = Chdb.open(TestEngine.options(folder))) {
            ChdbException failure = TestEngine.failureOf(() -> Chdb.open(TestEngine.options(other)));

            assertThat(failure.codeName()).isEqualTo(ChdbException.ENGINE_NOT_OPENED);
            assertThat(failure).hasMessageContaining(folder.toString());
            assertThat(first.query(Statement.of("SELECT 1")).text()).isEqualTo("1\n");
        }
        try (Chdb second = Chdb.open(TestEngine.options(other))) {
            assertThat(second.query(Statement.of("SELECT 2")).text()).isEqualTo("2\n");
        }
    }

    @Test
    void aLibraryThatIsMissingOrAnotherIsNamed(@TempDir Path elsewhere) throws IOException {
        Path missing = elsewhere.resolve("libchdb.so");
        ChdbException absent = TestEngine.failureOf(() -> Chdb.open(ChdbOptions.of(missing, folder)));
        assertThat(absent.codeName()).isEqualTo(ChdbException.LIBRARY_UNUSABLE);
        assertThat(absent).hasMessageContaining(missing.toString());

        Path noLibrary = Files.writeString(elsewhere.resolve("text.so"), "no library");
        assertThat(TestEngine.failureOf(() -> Chdb.open(ChdbOptions.of(noLibrary, folder)))
                        .codeName())
                .isEqualTo(ChdbException.LIBRARY_UNUSABLE);

        Optional<Path> another = anotherLibrary();
        if (another.isPresent()) {
            ChdbException lacking = TestEngine.failureOf(() -> Chdb.open(ChdbOptions.of(another.get(), folder)));
            assertThat(lacking.codeName()).isEqualTo(ChdbException.LIBRARY_UNUSABLE);
            assertThat(lacking).hasMessageContaining("chdb_version");
        }
        try (Chdb chdb = Chdb.open(TestEngine.options(folder))) {
            assertThat(chdb.query(Statement.of("SELECT 1")).text()).isEqualTo("1\n");
        }
    }

    /** A library that every JDK has, and that is not the engine. */
    private static Optional<Path> anotherLibrary() throws IOException {
        Path library = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip"));
        return Files.isRegularFile(library) ? Optional.of(library.toRealPath()) : Optional.empty();
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedAndTheNextOpens(@TempDir Path elsewhere) throws IOException {
        Path file = Files.writeString(elsewhere.resolve("a-file"), "in the way");

        ChdbException failure = TestEngine.failureOf(() -> Chdb.open(TestEngine.options(file.resolve("data"))));

        assertThat(failure.codeName()).isEqualTo(ChdbException.ENGINE_NOT_OPENED);
        try (Chdb chdb = Chdb.open(TestEngine.options(folder))) {
            assertThat(chdb.query(Statement.of("SELECT 1")).text()).isEqualTo("1\n");
        }
    }
}
