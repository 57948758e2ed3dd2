package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ChdbCloseIT {
    @TempDir
    private Path folder;

    @Test
    void whatWasWrittenIsThereWhenOpenedAgain() {
        try (Chdb chdb = Chdb.open(TestEngine.options(folder))) {
            chdb.query(Statement.of("CREATE TABLE t (x Int64) ENGINE = MergeTree ORDER BY x"));
            chdb.query(Statement.of("INSERT INTO t SELECT number FROM numbers(10)"));
        }
        try (Chdb chdb = Chdb.open(TestEngine.options(folder))) {
            assertThat(chdb.query(Statement.of("SELECT count() FROM t")).text()).isEqualTo("10\n");
        }
    }

    @Test
    void afterClosingEveryCallIsRefused() {
        Chdb chdb = Chdb.open(TestEngine.options(folder));
        chdb.close();
        chdb.close();

        assertThatThrownBy(() -> chdb.query(Statement.of("SELECT 1")))
                .isInstanceOfSatisfying(
                        ChdbException.class,
                        failure -> assertThat(failure.codeName()).isEqualTo(ChdbException.ENGINE_CLOSED));
        assertThatThrownBy(() -> chdb.stream(Statement.of("SELECT 1"))).isInstanceOf(ChdbException.class);
        assertThatThrownBy(() -> chdb.classify("SELECT 1")).isInstanceOf(ChdbException.class);
    }

    @Test
    void closingEndsWhatRunsAndWhoReads() throws Exception {
        Chdb chdb = Chdb.open(TestEngine.options(folder));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ChdbResultStream stream = chdb.stream(Statement.of("SELECT number FROM numbers(100000000000)"))) {
            assertThat(stream.next()).isPresent();
            Future<ChdbException> endless = threads.submit(() -> catchThrowableOfType(
                    ChdbException.class,
                    () -> chdb.query(Statement.of("SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"))));
            Future<ChdbException> reader = threads.submit(() -> catchThrowableOfType(ChdbException.class, () -> {
                for (Optional<byte[]> chunk = stream.next(); chunk.isPresent(); chunk = stream.next()) {
                    // read on
                }
            }));
            while (!chdb.query(Statement.of("SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%'"))
                    .text()
                    .startsWith("2")) {
                Thread.onSpinWait();
            }
            chdb.close();

            assertThat(endless.get()).isNotNull();
            assertThat(reader.get()).isNotNull();
        }
        try (Chdb again = Chdb.open(TestEngine.options(folder))) {
            assertThat(again.query(Statement.of("SELECT 1")).text()).isEqualTo("1\n");
        }
    }

    @Test
    void whoWaitsTooLongForAConnectionIsTold() {
        ChdbOptions one = TestEngine.options(folder).withConnections(1).withAcquireTimeout(Duration.ofMillis(100));
        try (Chdb chdb = Chdb.open(one);
                ChdbResultStream stream = chdb.stream(Statement.of("SELECT number FROM numbers(1000000000)"))) {
            assertThat(stream).isNotNull();
            assertThatThrownBy(() -> chdb.query(Statement.of("SELECT 1")))
                    .isInstanceOfSatisfying(
                            ChdbException.class,
                            failure -> assertThat(failure.codeName()).isEqualTo(ChdbException.NO_FREE_CONNECTION));
        }
    }
}
