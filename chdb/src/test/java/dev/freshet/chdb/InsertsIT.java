package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One connection: an insert that leaves it in disorder makes the next statement fail. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InsertsIT {
    private static final ByteBuffer END = ByteBuffer.allocate(0);
    private static final Statement INSERT =
            Statement.of("INSERT INTO t (a)").withFormat("RowBinary").withSetting("async_insert", "0");

    private Chdb chdb;

    @BeforeAll
    void open(@TempDir Path folder) {
        chdb = Chdb.open(TestEngine.options(folder).withConnections(1));
        chdb.query(Statement.of("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a"));
    }

    @BeforeEach
    void empty() {
        chdb.query(Statement.of("TRUNCATE TABLE t"));
    }

    @AfterAll
    void close() {
        chdb.close();
    }

    private String countAndSum() {
        return chdb.query(Statement.of("SELECT count(), sum(a) FROM t")).text().strip();
    }

    private static ByteBuffer numbers(int from, int count) {
        ByteBuffer rows = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            rows.putLong(from + i);
        }
        return rows.flip();
    }

    @Test
    void moreBytesThanAnInlineInsertTakesAreStoredWhole() {
        int count = 1_000_000; // 8 MB; data inside a statement's text is cut at 262,144 bytes

        InsertSummary summary = chdb.insert(INSERT, InsertSource.of(numbers(0, count)));

        assertThat(summary.rowsWritten()).isEqualTo(count);
        assertThat(summary.bytesWritten()).isEqualTo(8L * count);
        assertThat(countAndSum()).isEqualTo(count + "\t" + (long) count * (count - 1) / 2);
    }

    @Test
    void piecesMayBeCutAnywhereAndOfAnyKindOfBuffer() {
        ByteBuffer rows = numbers(0, 10_000);
        InsertSource source = new InsertSource() {
            private int piece;

            @Override
            public ByteBuffer next() {
                int length = Math.min(rows.remaining(), 1 + piece % 13 * 101);
                ByteBuffer next = piece++ % 2 == 0 ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
                next.put(rows.slice(rows.position(), length)).flip();
                rows.position(rows.position() + length);
                return next.asReadOnlyBuffer();
            }
        };

        assertThat(chdb.insert(INSERT, source).rowsWritten()).isEqualTo(10_000);
        assertThat(countAndSum()).isEqualTo("10000\t49995000");
    }

    @Test
    void textFormatsAndAnEmptyInsertWork() {
        ByteBuffer csv = ByteBuffer.wrap("1\n2\n3\n".getBytes(StandardCharsets.UTF_8));

        assertThat(chdb.insert(INSERT.withFormat("CSV"), InsertSource.of(csv)).rowsWritten())
                .isEqualTo(3);
        assertThat(chdb.insert(INSERT, InsertSource.of(ByteBuffer.allocate(0))).rowsWritten())
                .isZero();
        assertThat(countAndSum()).isEqualTo("3\t6");
    }

    @Test
    void aSourceThatFailsLeavesNothing() {
        for (boolean isUnchecked : new boolean[] {true, false}) {
            int[] calls = {0};
            InsertSource failing = () -> {
                if (calls[0]++ < 3) {
                    return numbers(0, 10_000);
                }
                if (isUnchecked) {
                    throw new IllegalStateException("broken");
                }
                throw new IOException("broken");
            };

            ChdbException failure = TestEngine.failureOf(() -> chdb.insert(INSERT, failing));

            assertThat(failure.codeName()).isEqualTo("INSERT_SOURCE_FAILED");
            assertThat(failure).hasMessageContaining("broken").hasCauseInstanceOf(Exception.class);
            assertThat(countAndSum()).isEqualTo("0\t0");
        }
        assertThat(chdb.insert(INSERT, InsertSource.of(numbers(0, 10))).rowsWritten())
                .as("the same source that does not fail")
                .isEqualTo(10);
    }

    @Test
    void anErrorOfTheJvmInASourceLeavesNothingAndReachesTheCaller() {
        boolean[] isSecond = {false};
        InsertSource failing = () -> {
            if (isSecond[0]) {
                throw new StackOverflowError("made up");
            }
            isSecond[0] = true;
            return numbers(0, 100);
        };

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> chdb.insert(INSERT, failing))
                .isInstanceOf(StackOverflowError.class);
        assertThat(countAndSum()).isEqualTo("0\t0");
    }

    @Test
    void dataThatDoesNotParseFailsAndLeavesNothing() {
        ByteBuffer cut = numbers(0, 100).limit(100 * Long.BYTES - 3);
        assertThat(TestEngine.failureOf(() -> chdb.insert(INSERT, InsertSource.of(cut)))
                        .code())
                .isPositive();

        ByteBuffer words = ByteBuffer.wrap("1\nno number\n".getBytes(StandardCharsets.UTF_8));
        assertThat(TestEngine.failureOf(() -> chdb.insert(INSERT.withFormat("CSV"), InsertSource.of(words)))
                        .codeName())
                .isNotEqualTo(ChdbException.UNKNOWN);
        assertThat(countAndSum()).isEqualTo("0\t0");
    }

    @Test
    void aTableThatIsNotThereFailsWithItsCode() {
        Statement nowhere = Statement.of("INSERT INTO nowhere (a)").withFormat("RowBinary");

        assertThat(TestEngine.failureOf(() -> chdb.insert(nowhere, InsertSource.of(numbers(0, 1))))
                        .codeName())
                .isEqualTo("UNKNOWN_TABLE");
        assertThat(countAndSum()).isEqualTo("0\t0");
    }

    @Test
    @Timeout(60)
    void aSourceThatNeverAnswersIsInterruptedAtTheTimeLimit() {
        CountDownLatch never = new CountDownLatch(1);
        InsertSource stuck = () -> {
            never.await();
            return END;
        };

        ChdbException failure =
                TestEngine.failureOf(() -> chdb.insert(INSERT.withTimeout(Duration.ofMillis(300)), stuck));

        assertThat(failure.codeName()).isEqualTo("TIMEOUT_EXCEEDED");
        assertThat(countAndSum()).isEqualTo("0\t0");
        assertThat(chdb.unresponsiveConnections()).isZero();
    }
}
