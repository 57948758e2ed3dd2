package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One connection: whatever keeps it busy makes the next statement fail. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StreamsIT {
    private static final Statement ENDLESS = Statement.of("SELECT number FROM system.numbers");

    private Chdb chdb;

    @BeforeAll
    void open(@TempDir Path folder) {
        chdb = Chdb.open(TestEngine.options(folder).withConnections(1).withAcquireTimeout(Duration.ofSeconds(20)));
    }

    @AfterAll
    void close() {
        chdb.close();
    }

    private void assertTheConnectionIsFree() {
        assertThat(chdb.query(Statement.of("SELECT 'free'")).text()).isEqualTo("free\n");
    }

    @Test
    void fiftyMillionRowsPassThroughBoundedMemory() throws InterruptedException {
        Statement statement =
                Statement.of("SELECT number FROM numbers(50000000)").withFormat("RowBinary");
        long bytes = 0;
        long sum = 0;
        long largestKib = 0;
        long beforeKib = 0;
        int chunks = 0;
        try (ChdbResultStream stream = chdb.stream(statement)) {
            for (Optional<byte[]> chunk = stream.next(); chunk.isPresent(); chunk = stream.next()) {
                bytes += chunk.get().length;
                sum += chunk.get()[0] & 0xff;
                if (chunks++ % 20 == 0) {
                    long now = ProcessMemory.residentKib();
                    beforeKib = beforeKib == 0 ? now : beforeKib;
                    largestKib = Math.max(largestKib, now);
                }
            }
        }

        assertThat(bytes).isEqualTo(50_000_000L * 8);
        assertThat(sum).isPositive();
        // The result is 390,625 KiB; the garbage of the chunks stays below the heap's young generation.
        assertThat(largestKib - beforeKib).as("KiB grown while reading").isLessThan(250_000);
        assertTheConnectionIsFree();
    }

    @Test
    void rowsFarApartComeThrough() throws InterruptedException {
        assertThat(readAll(Statement.of(
                        "SELECT number FROM numbers(30000000) WHERE number % 10000000 = 7 SETTINGS max_threads = 1")))
                .isEqualTo("7\n10000007\n20000007\n");
        assertThat(readAll(Statement.of("SELECT number FROM numbers(3000000) WHERE number < 0")))
                .isEmpty();
    }

    @Test
    void aStreamThatIsLeftEarlyEndsItsStatement() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            try (ChdbResultStream stream = chdb.stream(ENDLESS)) {
                assertThat(stream.next()).isPresent();
            }
        }
        assertTheConnectionIsFree();
    }

    @Test
    void aStreamThatIsClosedBeforeItsFirstChunkEndsItsStatement() {
        Statement slow = Statement.of("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)");
        chdb.stream(slow).close();

        assertTheConnectionIsFree();
    }

    @Test
    void aStreamThatNobodyReadsOrClosesGivesItsConnectionBackAtItsTimeLimit() {
        ChdbResultStream abandoned = chdb.stream(ENDLESS.withTimeout(Duration.ofSeconds(1)));

        assertTheConnectionIsFree();
        assertThat(TestEngine.failureOf(() -> drain(abandoned)))
                .extracting(ChdbException::code, ChdbException::codeName)
                .containsExactly(159, "TIMEOUT_EXCEEDED");
    }

    @Test
    void aStatementThatGivesNothingIsEndedAtItsTimeLimit() {
        Statement slow = Statement.of("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)")
                .withTimeout(Duration.ofMillis(300));
        try (ChdbResultStream stream = chdb.stream(slow)) {
            assertThat(TestEngine.failureOf(stream::next).code()).isEqualTo(159);
        }
        assertTheConnectionIsFree();
    }

    @Test
    void aFailureInMidStreamComesAfterTheRowsBeforeIt() throws InterruptedException {
        Statement failing = Statement.of("SELECT throwIf(number = 2000000) FROM numbers(10000000)");
        try (ChdbResultStream stream = chdb.stream(failing)) {
            assertThat(stream.next()).isPresent();
            assertThat(TestEngine.failureOf(() -> drain(stream)).code()).isEqualTo(395);
            assertThat(TestEngine.failureOf(stream::next).code()).isEqualTo(395);
        }
        assertTheConnectionIsFree();
    }

    @Test
    void aStatementThatCannotBeginFailsAtTheFirstChunk() {
        try (ChdbResultStream stream = chdb.stream(Statement.of("SELECT * FROM nowhere"))) {
            assertThat(TestEngine.failureOf(stream::next).codeName()).isEqualTo("UNKNOWN_TABLE");
        }
        assertTheConnectionIsFree();
    }

    @Test
    void closingFromAnotherThreadWakesTheReader() throws InterruptedException {
        Statement slow = Statement.of("SELECT sum(cityHash64(number)) FROM numbers(1000000000000) FORMAT Null");
        ChdbResultStream stream = chdb.stream(slow);
        CompletableFuture<Throwable> reader = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                stream.next();
                reader.complete(new AssertionError("there is no chunk"));
            } catch (IllegalStateException | InterruptedException | ChdbException e) {
                reader.complete(e);
            }
        });

        stream.close();
        stream.close();

        thread.join(Duration.ofSeconds(20));
        assertThat(reader.join()).isInstanceOf(IllegalStateException.class);
        assertTheConnectionIsFree();
    }

    @Test
    void aClosedStreamGivesNothingMore() {
        ChdbResultStream stream = chdb.stream(ENDLESS);
        stream.close();

        assertThatThrownBy(stream::next).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void cancellingEndsAStreamForItsReader() throws InterruptedException {
        Cancellation cancellation = new Cancellation();
        try (ChdbResultStream stream = chdb.stream(ENDLESS.withCancellation(cancellation))) {
            assertThat(stream.next()).isPresent();
            cancellation.cancel();
            assertThat(TestEngine.failureOf(() -> drain(stream)).code()).isEqualTo(394);
        }
        assertTheConnectionIsFree();
    }

    private String readAll(Statement statement) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        try (ChdbResultStream stream = chdb.stream(statement)) {
            for (Optional<byte[]> chunk = stream.next(); chunk.isPresent(); chunk = stream.next()) {
                text.append(new String(chunk.get(), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    private static void drain(ChdbResultStream stream) throws InterruptedException {
        while (stream.next().isPresent()) {
            // what was made before the failure
        }
    }
}
