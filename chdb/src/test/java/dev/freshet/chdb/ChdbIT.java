package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ChdbIT {
    private static final String ENDLESS = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)";

    @TempDir
    private static Path folder;

    private static Chdb chdb;

    @BeforeAll
    static void open() {
        chdb = Chdb.open(TestEngine.options(folder));
    }

    @AfterAll
    static void close() {
        chdb.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "o'neill",
                "a\\b",
                "tab\tnew\nline\rreturn",
                "{x:String}",
                "--; DROP TABLE t",
                "ünïcödé 🛒",
                "\\N",
                "nul\0inside",
                "\"quoted\"",
                "%s",
                "`tick`",
                "\u0001\u001f"
            })
    void textsGoInAndComeBackAsTheyAre(String value) {
        byte[] bytes = chdb.query(Statement.of("SELECT {value:String}")
                        .bind("value", value)
                        .withFormat("RowBinary"))
                .bytes();

        assertThat(new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8))
                .isEqualTo(value);
    }

    @Test
    void otherTypesAreBoundByTheirText() {
        String row = chdb.query(Statement.of(
                                "SELECT {i:Int64}, {u:UInt64}, {d:Date}, {f:Float64}, {id:UUID}, {b:Bool}, {l:Array(String)}")
                        .bind("i", Long.MIN_VALUE)
                        .bindRaw("u", "18446744073709551615")
                        .bind("d", "2026-02-28")
                        .bind("f", "-1.5e-7")
                        .bind("id", "01890a5d-ac96-774b-bcce-b302099a8057")
                        .bind("b", "true")
                        .bind("l", List.of("a'b", "c\td", "")))
                .text();

        assertThat(row)
                .isEqualTo("-9223372036854775808\t18446744073709551615\t2026-02-28\t-1.5e-7\t"
                        + "01890a5d-ac96-774b-bcce-b302099a8057\ttrue\t['a\\'b','c\\td','']\n");
    }

    @Test
    void aFailureHasTheEnginesCodeAndName() {
        ChdbException failure = catchThrowableOfType(
                ChdbException.class, () -> chdb.query(Statement.of("SELECT * FROM no_such_table")));

        assertThat(failure.code()).isEqualTo(60);
        assertThat(failure.codeName()).isEqualTo("UNKNOWN_TABLE");
        assertThat(catchThrowableOfType(ChdbException.class, () -> chdb.query(Statement.of("SELEKT 1")))
                        .codeName())
                .isEqualTo("SYNTAX_ERROR");
        assertThat(catchThrowableOfType(
                                ChdbException.class, () -> chdb.query(Statement.of("SELECT throwIf(1, '(NOT_THIS)')")))
                        .code())
                .isEqualTo(395);
        assertThat(chdb.query(Statement.of("SELECT 1")).text()).isEqualTo("1\n");
    }

    @Test
    void settingsAndDatabaseHoldForOneStatementOnly() {
        Statement which = Statement.of("SELECT getSetting('max_block_size'), currentDatabase()");
        String before = chdb.query(which).text();

        assertThat(chdb.query(which.withSetting("max_block_size", "777").withDatabase("system"))
                        .text())
                .isEqualTo("777\tsystem\n");
        for (int i = 0; i < 10; i++) {
            assertThat(chdb.query(which).text()).isEqualTo(before);
        }
        assertThatThrownBy(() -> chdb.query(which.withSetting("no_such_setting", "1")))
                .isInstanceOf(ChdbException.class);
        assertThat(chdb.query(which).text()).isEqualTo(before);
        assertThatThrownBy(() -> which.withSetting("readonly", "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> which.withSetting("a = 1, b", "1")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 1 | READ_ONLY",
                "SHOW TABLES | READ_ONLY",
                "EXPLAIN SELECT 1 | READ_ONLY",
                "CREATE TABLE a (x Int8) ENGINE = Memory | MUTATING",
                "INSERT INTO a VALUES (1) | MUTATING",
                "DROP TABLE a | MUTATING",
                "CREATE USER u | MUTATING_GLOBAL",
                "SET max_threads = 1 | CONTROL",
                "USE system | CONTROL",
                "SELECT 1; DROP TABLE a | MUTATING",
                "SELEKT 1 | UNKNOWN"
            })
    void theParserTellsWhatAStatementDoes(String sql, StatementClass expected) {
        assertThat(chdb.classify(sql)).isEqualTo(expected);
    }

    @Test
    void aStreamGivesALargeResultInChunks() throws InterruptedException {
        long bytes = 0;
        int chunks = 0;
        try (ChdbResultStream stream =
                chdb.stream(Statement.of("SELECT number FROM numbers(20000000)").withFormat("RowBinary"))) {
            for (Optional<byte[]> chunk = stream.next(); chunk.isPresent(); chunk = stream.next()) {
                bytes += chunk.get().length;
                chunks++;
            }
        }
        assertThat(bytes).isEqualTo(160_000_000);
        assertThat(chunks).isGreaterThan(10);
    }

    @Test
    void anAbandonedStreamGivesItsConnectionBack() throws InterruptedException {
        for (int i = 0; i < 12; i++) {
            try (ChdbResultStream stream = chdb.stream(Statement.of("SELECT number FROM numbers(1000000000)"))) {
                assertThat(stream.next()).isPresent();
            }
        }
        assertThat(chdb.query(Statement.of("SELECT 1")).text()).isEqualTo("1\n");
    }

    @Test
    void aStreamThatFailsInItsMiddleSaysSo() {
        Statement failing = Statement.of("SELECT throwIf(number = 3000000) FROM numbers(10000000)");

        ChdbException failure = catchThrowableOfType(ChdbException.class, () -> {
            try (ChdbResultStream stream = chdb.stream(failing)) {
                while (stream.next().isPresent()) {
                    // read on
                }
            }
        });

        assertThat(failure.codeName()).isEqualTo("FUNCTION_THROW_IF_VALUE_IS_NON_ZERO");
    }

    @Test
    void aLargeInsertIsStreamed() {
        table("streamed");
        int rows = 300_000;
        ByteBuffer block = ByteBuffer.allocate(8 * 1000).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int[] sent = {0};

        InsertSummary summary =
                chdb.insert(Statement.of("INSERT INTO streamed (x)").withFormat("RowBinary"), () -> {
                    block.clear();
                    while (block.hasRemaining() && sent[0] < rows) {
                        block.putLong(sent[0]++);
                    }
                    return block.flip();
                });

        assertThat(summary.rowsWritten()).isEqualTo(rows);
        assertThat(chdb.query(Statement.of("SELECT count(), sum(x) FROM streamed"))
                        .text())
                .isEqualTo("300000\t44999850000\n");
    }

    @Test
    void aSourceThatFailsLeavesNothing() {
        table("refused");
        ByteBuffer one = ByteBuffer.allocate(8);
        int[] calls = {0};

        ChdbException failure = catchThrowableOfType(
                ChdbException.class,
                () -> chdb.insert(Statement.of("INSERT INTO refused (x)").withFormat("RowBinary"), () -> {
                    if (calls[0]++ == 3) {
                        throw new IOException("the disk is gone");
                    }
                    return one.clear();
                }));

        assertThat(failure.codeName()).isEqualTo(ChdbException.INSERT_SOURCE_FAILED);
        assertThat(failure).hasRootCauseMessage("the disk is gone");
        assertThat(chdb.query(Statement.of("SELECT count() FROM refused")).text())
                .isEqualTo("0\n");
    }

    @Test
    void badDataIsRefusedWithItsCode() {
        table("unread");

        assertThatThrownBy(() -> chdb.insert(
                        Statement.of("INSERT INTO unread (x)").withFormat("RowBinary"),
                        InsertSource.of(ByteBuffer.allocate(5))))
                .isInstanceOfSatisfying(
                        ChdbException.class,
                        failure -> assertThat(failure.code()).isPositive());
        assertThatThrownBy(() -> chdb.insert(
                        Statement.of("INSERT INTO nowhere (x)").withFormat("RowBinary"),
                        InsertSource.of(ByteBuffer.allocate(8))))
                .isInstanceOf(ChdbException.class);
        assertThat(chdb.query(Statement.of("SELECT count() FROM unread")).text())
                .isEqualTo("0\n");
    }

    @Test
    void anotherThreadCancelsAStatement() throws Exception {
        for (int round = 0; round < 5; round++) {
            Cancellation cancellation = new Cancellation();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<ChdbException> failure = threads.submit(() -> catchThrowableOfType(
                        ChdbException.class,
                        () -> chdb.query(Statement.of(ENDLESS).withCancellation(cancellation))));
                cancellation.cancel(); // before it began, while it begins, or soon after
                assertThat(failure.get().code()).isEqualTo(ChdbException.QUERY_WAS_CANCELLED);
            }
        }
    }

    @Test
    void aRunningStatementIsCancelled() throws Exception {
        Cancellation cancellation = new Cancellation();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ChdbException> failure = threads.submit(() -> catchThrowableOfType(
                    ChdbException.class, () -> chdb.query(Statement.of(ENDLESS).withCancellation(cancellation))));
            while (!chdb.query(Statement.of("SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%'"))
                    .text()
                    .startsWith("2")) {
                Thread.onSpinWait();
            }
            cancellation.cancel();
            assertThat(failure.get().code()).isEqualTo(ChdbException.QUERY_WAS_CANCELLED);
        }
    }

    @Test
    void aTimeLimitEndsAStatement() {
        long beganNanos = System.nanoTime();

        ChdbException failure = catchThrowableOfType(
                ChdbException.class, () -> chdb.query(Statement.of(ENDLESS).withTimeout(Duration.ofMillis(300))));

        assertThat(failure.code()).isEqualTo(ChdbException.TIMEOUT_EXCEEDED);
        assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(30));
        assertThat(chdb.unresponsiveConnections()).isZero();
    }

    @Test
    void manyThreadsShareFewConnections() throws Exception {
        int tasks = 400;
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                String value = "v'" + i;
                Callable<String> ask = () -> {
                    start.await();
                    return chdb.query(Statement.of("SELECT {v:String}").bind("v", value))
                            .text();
                };
                answers.add(threads.submit(ask));
            }
            start.countDown();
            for (int i = 0; i < tasks; i++) {
                assertThat(answers.get(i).get()).isEqualTo("v\\'" + i + "\n");
            }
        }
    }

    @Test
    void aDatabaseIsBackedUpAndBroughtBack() {
        chdb.query(Statement.of("CREATE DATABASE kept"));
        chdb.query(Statement.of("CREATE TABLE kept.t (x Int64) ENGINE = MergeTree ORDER BY x"));
        chdb.query(Statement.of("INSERT INTO kept.t SELECT number FROM numbers(1000)"));
        Path archive = folder.resolve("kept.tar");

        chdb.backup("kept", archive, Duration.ofSeconds(60));
        chdb.query(Statement.of("DROP DATABASE kept SYNC"));
        chdb.restore("kept", archive, Duration.ofSeconds(60));

        assertThat(chdb.query(Statement.of("SELECT count(), sum(x) FROM kept.t"))
                        .text())
                .isEqualTo("1000\t499500\n");
    }

    @Test
    void aSecondEngineInTheProcessIsRefused() {
        assertThatThrownBy(() -> Chdb.open(TestEngine.options(folder.resolve("other"))))
                .isInstanceOfSatisfying(
                        ChdbException.class,
                        failure -> assertThat(failure.codeName()).isEqualTo(ChdbException.ENGINE_NOT_OPENED));
    }

    @Test
    void aLibraryThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ChdbLibrary.locate(folder))
                .isInstanceOf(ChdbException.class)
                .hasMessageContaining("npm install");
        assertThatThrownBy(() -> Chdb.open(ChdbOptions.of(folder.resolve("no.so"), folder)))
                .isInstanceOfSatisfying(
                        ChdbException.class,
                        failure -> assertThat(failure.codeName()).isEqualTo(ChdbException.LIBRARY_UNUSABLE));
    }

    private static void table(String name) {
        chdb.query(Statement.of("CREATE TABLE " + name + " (x Int64) ENGINE = MergeTree ORDER BY x"));
    }
}
