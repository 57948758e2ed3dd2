package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Native memory is nobody's garbage: what is not given back shows in the size of the process. */
@Timeout(900)
class ChdbLeakIT {
    private static final int WARM_UP = 15_000;
    private static final int QUERIES = 100_000;

    /** A leak of this much a query is found; a result of these queries takes more. */
    private static final long FOUND_BYTES_A_QUERY = 600;

    @TempDir
    private Path folder;

    @Test
    void aHundredThousandQueriesLeaveTheProcessAsLargeAsItWas() throws IOException, InterruptedException {
        try (Chdb chdb = Chdb.open(TestEngine.options(folder).withConnections(2))) {
            chdb.query(Statement.of("CREATE TABLE t (x Int64) ENGINE = Null"));
            run(chdb, WARM_UP);
            long before = residentBytes();
            run(chdb, QUERIES);
            long grown = residentBytes() - before;
            System.out.printf("RSS grew by %d bytes a query [queries=%d]%n", grown / QUERIES, QUERIES);

            assertThat(grown).isLessThan(FOUND_BYTES_A_QUERY * QUERIES);
        }
    }

    /** Queries with parameters, one in ten streamed, one in a hundred an insert, one in fifty a failure. */
    private static void run(Chdb chdb, int queries) throws InterruptedException {
        Statement select = Statement.of("SELECT {v:String}, repeat('x', 1000)");
        for (int i = 0; i < queries; i++) {
            if (i % 100 == 1) {
                chdb.insert(
                        Statement.of("INSERT INTO t (x)").withFormat("RowBinary"),
                        InsertSource.of(ByteBuffer.allocate(800)));
            } else if (i % 50 == 2) {
                fail(chdb);
            } else if (i % 10 == 3) {
                try (ChdbResultStream stream = chdb.stream(select.bind("v", "s" + i))) {
                    for (Optional<byte[]> chunk = stream.next(); chunk.isPresent(); chunk = stream.next()) {
                        assertThat(chunk.get()).isNotEmpty();
                    }
                }
            } else {
                assertThat(chdb.query(select.bind("v", "q" + i)).bytes()).hasSizeGreaterThan(1000);
            }
        }
    }

    private static void fail(Chdb chdb) {
        try {
            chdb.query(Statement.of("SELECT throwIf(1)"));
            throw new AssertionError("this query has to fail");
        } catch (ChdbException expected) {
            assertThat(expected.code()).isEqualTo(395);
        }
    }

    private static long residentBytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
