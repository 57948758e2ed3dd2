package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that mean no good to a whole server: each gets a documented answer or none, and leaves nothing behind. */
class HostileClientsIT {
    private static final long LIMIT_NS = 20_000_000_000L;
    private static final String VIEW = "{\"event_type\":\"page_view\",\"user_id\":\"u\"}";
    private static final List<String> PATHS = List.of("/v1/events", "/v1/batch", "/batch/", "/e/", "/v1/t");

    @TempDir
    private static Path folder;

    private static ServerUnderTest server;
    private static int threads;

    @BeforeAll
    static void start() throws Exception {
        server = new ServerUnderTest(folder);
        assertThat(server.events(gzip(VIEW), "Content-Encoding", "gzip").statusCode())
                .isEqualTo(202);
        threads = Thread.activeCount();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The next honest sender is served, no body is held any more, and no thread was lost or left over. */
    @AfterEach
    void theServerIsAsBefore() throws Exception {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (server.metric("freshet_http_body_bytes") != 0) {
            assertThat(System.nanoTime() - deadlineNs).isNegative();
            LockSupport.parkNanos(20_000_000);
        }
        assertThat(server.events(VIEW).statusCode()).isEqualTo(202);
        assertThat(server.events(gzip(VIEW), "Content-Encoding", "gzip").statusCode())
                .isEqualTo(202);
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(Thread.activeCount()).isBetween(threads - 2, threads + 10);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String head(String path, String... headers) {
        StringBuilder head = new StringBuilder(
                "POST " + path + " HTTP/1.1\r\nHost: h\r\nX-Write-Key: " + ServerUnderTest.WRITE_KEY + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static void assertRefusedOrClosed(String answer) {
        assertThat(answer)
                .satisfiesAnyOf(
                        none -> assertThat(none).isEmpty(),
                        refusal -> assertThat(refusal).matches("(?s)HTTP/1\\.[01] 4\\d\\d .*"));
    }

    @Test
    void headersWithoutEndAreRefused() throws Exception {
        String many = "X-Flood: 1\r\n".repeat(5_000);
        for (String path : PATHS) {
            for (String flood : new String[] {many, "X-Long: " + "x".repeat(200_000) + "\r\n"}) {
                try (RawHttp connection = new RawHttp(server.url())) {
                    assertRefusedOrClosed(answerTo(
                            connection,
                            "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + flood + "Content-Length: 0\r\n\r\n"));
                }
            }
        }
        try (RawHttp connection = new RawHttp(server.url())) {
            assertRefusedOrClosed(answerTo(connection, "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"));
        }
    }

    /** The server may close while the flood still comes. */
    private static String answerTo(RawHttp connection, String text) {
        try {
            return connection.send(text).head();
        } catch (IOException closed) {
            return "";
        }
    }

    @Test
    void bodiesThatStopInTheMiddleHoldNothing() throws Exception {
        List<RawHttp> connections = new ArrayList<>();
        try {
            for (int count = 0; count < 60; count++) {
                RawHttp connection = new RawHttp(server.url());
                connections.add(connection);
                connection.send(head(PATHS.get(count % PATHS.size()), "Content-Length: 100000"));
                connection.send("[".repeat(1_000));
            }
            assertThat(server.events(VIEW).statusCode()).as("meanwhile").isEqualTo(202);
            for (int count = 0; count < connections.size(); count += 2) {
                connections.get(count).endSending();
            }
        } finally {
            for (RawHttp connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void bodiesThatComeByteByByteDoNotHoldUpOthers() throws Exception {
        try (RawHttp slow = new RawHttp(server.url())) {
            slow.send(head("/v1/events", "Content-Length: " + VIEW.length()));
            for (byte value : VIEW.getBytes(StandardCharsets.UTF_8)) {
                slow.send(new byte[] {value});
                assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
            }
            assertThat(slow.head()).startsWith("HTTP/1.1 202");
        }
    }

    @Test
    void aSenderThatHearsNothingOfItsAnswerCostsNothing() throws Exception {
        for (int count = 0; count < 60; count++) {
            try (RawHttp connection = new RawHttp(server.url())) {
                connection.send(head("/v1/events", "Content-Length: " + VIEW.length()) + VIEW);
            }
        }
    }

    @Test
    void chunksAndLengthsThatLieAreRefused() throws Exception {
        for (String lie : new String[] {
            head("/v1/events", "Transfer-Encoding: chunked") + "zz\r\n",
            head("/v1/events", "Transfer-Encoding: chunked") + "ffffffffffffffff\r\n",
            head("/v1/events", "Content-Length: -1"),
            head("/v1/events", "Content-Length: 99999999999999999999"),
            head("/v1/events", "Content-Length: 1", "Content-Length: 2") + "{}",
            "\u0000\u0001\u0002\r\n\r\n",
            "POST /v1/events\r\n\r\n",
        }) {
            try (RawHttp connection = new RawHttp(server.url())) {
                String answer = answerTo(connection, lie);
                assertRefusedOrClosed(answer);
            }
        }
    }

    @Test
    void packedBodiesThatAreDamagedAreRefusedByEveryRoute() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            byte[] body = gzip("{\"event\":\"A\",\"userId\":\"u\",\"distinct_id\":\"u\"}");
            body[3 + random.nextInt(body.length - 3)] ^= (byte) (1 << random.nextInt(8));
            String path = PATHS.get(round % PATHS.size());
            int status = server.send(
                            "POST", path, body, "X-Write-Key", ServerUnderTest.WRITE_KEY, "Content-Encoding", "gzip")
                    .statusCode();
            assertThat(status).as("seed %d, round %d, %s", seed, round, path).isIn(200, 202, 400);
        }
    }
}
