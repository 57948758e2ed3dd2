package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ConcurrencyIT {
    private static final int THREADS = 16;
    private static final int ROUNDS = 40;

    /** Settings, databases, failures, streams, inserts and read-only sessions mixed: none may show in another's statement. */
    @Test
    @Timeout(180)
    void sixteenThreadsOnFourConnectionsGetEachTheirOwnAnswers(@TempDir Path folder)
            throws ExecutionException, InterruptedException {
        try (Chdb chdb = Chdb.open(TestEngine.options(folder).withConnections(4));
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            chdb.query(Statement.of("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a"));
            List<Callable<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int caller = i;
                callers.add(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        ask(chdb, caller, round);
                    }
                    return true;
                });
            }
            for (Future<Boolean> caller : threads.invokeAll(callers)) {
                caller.get();
            }
            assertThat(chdb.query(Statement.of("SELECT count(), uniqExact(a) FROM t"))
                            .text())
                    .isEqualTo((THREADS * ROUNDS / 4) + "\t" + (THREADS * ROUNDS / 4) + "\n");
        }
    }

    private static void ask(Chdb chdb, int caller, int round) throws InterruptedException {
        String mine = caller + "-" + round;
        switch ((caller + round) % 4) {
            case 0 -> {
                Statement statement = Statement.of("SELECT {v:String}, getSetting('max_block_size')")
                        .bind("v", mine)
                        .withSetting("max_block_size", Integer.toString(1000 + caller));
                assertThat(chdb.query(caller % 2 == 0 ? statement.asReadOnly() : statement)
                                .text())
                        .isEqualTo(mine + "\t" + (1000 + caller) + "\n");
            }
            case 1 -> {
                ByteBuffer row = ByteBuffer.wrap((caller * 1000L + round + "\n").getBytes(StandardCharsets.UTF_8));
                assertThat(chdb.insert(
                                        Statement.of("INSERT INTO t (a)")
                                                .withFormat("TSV")
                                                .withSetting("async_insert", "0"),
                                        InsertSource.of(row))
                                .rowsWritten())
                        .isEqualTo(1);
            }
            case 2 -> {
                Statement statement = Statement.of("SELECT {v:UInt64} + number FROM numbers(100000)")
                        .bind("v", caller)
                        .withDatabase("system");
                try (ChdbResultStream stream = chdb.stream(statement)) {
                    Optional<byte[]> first = stream.next();
                    assertThat(new String(first.orElseThrow(), StandardCharsets.UTF_8))
                            .startsWith(caller + "\n");
                }
            }
            default ->
                assertThat(TestEngine.failureOf(() -> chdb.query(
                                Statement.of("SELECT throwIf(1, {v:String})").bind("v", mine))))
                        .isInstanceOf(ChdbException.class);
        }
    }
}
