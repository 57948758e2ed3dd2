package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies that are small as sent and as large as may be unpacked, many at once, against a server with the heap that the launcher
 * gives it: each is answered, others are served meanwhile, and what was acknowledged is stored.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LargeBodiesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MIB = 1 << 20;
    private static final int AT_ONCE = 8;
    private static final int ROUNDS = 3;
    private static final long STORED_WITHIN_NS = TimeUnit.MINUTES.toNanos(4);
    private static final byte[] VIEW = utf8("{\"event_type\":\"page_view\",\"user_id\":\"u\"}");
    private static final String[] KEY = {"X-Write-Key", ServerUnderTest.WRITE_KEY};
    private static final String[] PACKED_WITH_KEY = {KEY[0], KEY[1], "Content-Encoding", "gzip"};
    private static final String[] NOTHING = {};

    @TempDir
    private static Path folder;

    private static ServerProcessUnderTest server;

    private record Attack(String name, String path, byte[] body, String... headers) {}

    private record Outcome(int status, long accepted) {}

    @BeforeAll
    static void start() throws IOException {
        server = new ServerProcessUnderTest(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    private static byte[] gzip(Content content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed, 64 * 1024)) {
            content.write(gzip);
        }
        return packed.toByteArray();
    }

    private static void fill(OutputStream out, int value, int bytes) throws IOException {
        byte[] part = new byte[MIB];
        Arrays.fill(part, (byte) value);
        for (int left = bytes; left > 0; left -= part.length) {
            out.write(part, 0, Math.min(left, part.length));
        }
    }

    private static void repeat(OutputStream out, String text, int times) throws IOException {
        byte[] bytes = utf8(text);
        for (int time = 0; time < times; time++) {
            out.write(bytes);
        }
    }

    private static byte[] textOf(String before, int value, int bytes, String behind) throws IOException {
        return gzip(out -> {
            out.write(utf8(before));
            fill(out, value, bytes);
            out.write(utf8(behind));
        });
    }

    /** The answers, in the order of the attacks; meanwhile each event of somebody else is acknowledged. */
    private static List<Outcome> atOnce(List<Attack> attacks) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> others = threads.submit(() -> {
                int sent = 0;
                do {
                    assertThat(server.post("/v1/events", VIEW, KEY).statusCode())
                            .isEqualTo(202);
                    sent++;
                    LockSupport.parkNanos(20_000_000);
                } while (!isOver.get());
                return sent;
            });
            List<Callable<Outcome>> calls = attacks.stream()
                    .<Callable<Outcome>>map(attack -> () -> outcome(attack))
                    .toList();
            List<Outcome> outcomes = new ArrayList<>();
            try {
                for (Future<Outcome> outcome : threads.invokeAll(calls)) {
                    outcomes.add(outcome.get());
                }
            } finally {
                isOver.set(true);
            }
            outcomes.add(new Outcome(202, others.get()));
            return outcomes;
        } finally {
            assertThat(server.isAlive()).isTrue();
        }
    }

    private static Outcome outcome(Attack attack) throws IOException, InterruptedException {
        HttpResponse<String> response = server.post(attack.path(), attack.body(), attack.headers());
        int status = response.statusCode();
        assertThat(status).as(attack.name() + ": " + response.body()).isIn(200, 202, 400, 401, 413, 429, 503);
        if (status == 429 || status == 503) {
            assertThat(response.headers().firstValueAsLong("Retry-After")).isPresent();
        }
        JsonNode reply = JSON.readTree(response.body());
        assertThat(reply.isObject()).as(response.body()).isTrue();
        return new Outcome(status, reply.path("accepted").asLong());
    }

    private static long stored() throws IOException, InterruptedException {
        return Long.parseLong(server.query("SELECT count() FROM freshet.events"));
    }

    private static void awaitStored(long events) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + STORED_WITHIN_NS;
        while (stored() < events && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(200_000_000);
        }
        assertThat(stored()).isEqualTo(events);
    }

    private static List<Attack> eightOf(Attack... attacks) {
        List<Attack> all = new ArrayList<>();
        while (all.size() < AT_ONCE) {
            all.add(attacks[all.size() % attacks.length]);
        }
        return all;
    }

    @Test
    void bodiesWithoutAKeyCannotTakeTheMemory() throws Exception {
        byte[] noJson = gzip(out -> fill(out, 0xff, 64 * MIB));
        byte[] noUtf8 = textOf("{\"event\":\"", 0xff, 20 * MIB, "\"}");
        byte[] form = textOf("data=", '%', 60 * MIB, "");
        byte[] base64 = textOf("data=", 'A', 60 * MIB, "");
        byte[] longName = textOf("{\"", 'a', 60 * MIB, "\":1}");
        byte[] deep = gzip(out -> fill(out, '[', 60 * MIB));
        long before = stored();
        long accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (List<Attack> attacks : List.of(
                    eightOf(new Attack("no JSON", "/e/", noJson, NOTHING)),
                    eightOf(
                            new Attack("no JSON", "/v1/batch", noJson, NOTHING),
                            new Attack("no UTF-8", "/batch/", noUtf8, NOTHING),
                            new Attack("no UTF-8", "/v1/t", noUtf8, NOTHING),
                            new Attack("form", "/e/", form, NOTHING)),
                    eightOf(
                            new Attack("base64", "/i/v0/e/", base64, NOTHING),
                            new Attack("long name", "/capture", longName, NOTHING),
                            new Attack("long name", "/v1/import/", longName, NOTHING),
                            new Attack("deep", "/v1/track", deep, NOTHING)))) {
                List<Outcome> outcomes = atOnce(attacks);
                accepted += outcomes.removeLast().accepted();
                assertThat(outcomes).extracting(Outcome::status).doesNotContain(200, 202);
            }
        }
        awaitStored(before + accepted);
    }

    @Test
    void bodiesWithAKeyCannotTakeTheMemoryAndTheLargestOfThemAreStored() throws Exception {
        String view = new String(VIEW, StandardCharsets.UTF_8);
        int most = 64 * MIB / (view.length() + 1) - 1;
        byte[] shortest = gzip(out -> {
            out.write('[');
            repeat(out, view + ",", most - 1);
            repeat(out, view + "]", 1);
        });
        byte[] campaign = gzip(out -> {
            out.write(utf8("{\"context\":{\"campaign\":{\"a\":\"" + "日".repeat(2_000) + "\"}},\"batch\":["));
            repeat(out, "{\"type\":\"page\",\"userId\":\"u\"},", 9_999);
            out.write(utf8("{\"type\":\"page\",\"userId\":\"u\"}]}"));
        });
        String message = "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"properties\":{\"text\":\"%s\"}}"
                .formatted("x".repeat(6_000));
        int messages = 9_000;
        byte[] legitimate = gzip(out -> {
            out.write(utf8("{\"batch\":["));
            repeat(out, message + ",", messages - 1);
            out.write(utf8(message + "]}"));
        });
        byte[] longText = textOf(view.replace("}", ",\"name\":\"日"), 'a', 60 * MIB, "\"}");
        byte[] longName = textOf(view.replace("}", ",\""), 'a', 60 * MIB, "\":1}");
        byte[] longNumber = textOf(view.replace("}", ",\"properties\":{\"a\":1"), '1', 60 * MIB, "}}");
        byte[] spaced = textOf(view.replace("}", ",\"properties\":{\"a\":"), ' ', 60 * MIB, "1}}");
        byte[] manyNames = gzip(out -> {
            out.write(utf8(view.replace("}", ",\"properties\":{\"a\":1")));
            for (int name = 0; name < 5_000_000; name++) {
                out.write(utf8(",\"" + Integer.toString(name, 36) + "\":1"));
            }
            out.write(utf8("}}"));
        });
        byte[] ofPostHog =
                textOf("{\"event\":\"E\",\"distinct_id\":\"u\",\"properties\":{\"text\":\"日", 'a', 60 * MIB, "\"}}");
        Attack native64 = new Attack("shortest events", "/v1/events", shortest, PACKED_WITH_KEY);
        Attack segment = new Attack("legitimate", "/v1/batch", legitimate, KEY);
        long before = stored();
        long accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Attack> first = round == 0
                    ? eightOf(native64)
                    : eightOf(segment, new Attack("campaign", "/v1/batch", campaign, KEY));
            for (List<Attack> attacks : List.of(
                    first,
                    eightOf(
                            new Attack("long text", "/v1/events", longText, PACKED_WITH_KEY),
                            new Attack("long name", "/v1/events", longName, PACKED_WITH_KEY),
                            new Attack("long number", "/v1/events", longNumber, PACKED_WITH_KEY),
                            new Attack("many names", "/v1/events", manyNames, PACKED_WITH_KEY)),
                    eightOf(
                            new Attack("white space", "/v1/events", spaced, PACKED_WITH_KEY),
                            new Attack("PostHog's text", "/batch/", ofPostHog, KEY),
                            new Attack("many names", "/e/", manyNames, KEY),
                            segment))) {
                List<Outcome> outcomes = atOnce(attacks);
                accepted += outcomes.removeLast().accepted();
                for (int index = 0; index < attacks.size(); index++) {
                    accepted += acceptedOf(attacks.get(index), outcomes.get(index), messages);
                }
                if (attacks.contains(native64)) {
                    assertThat(outcomes).extracting(Outcome::accepted).contains((long) most);
                }
            }
        }
        awaitStored(before + accepted);
    }

    /** SDKs are told that all is well, and no number. */
    private static long acceptedOf(Attack attack, Outcome outcome, int messages) {
        if (outcome.status() != 200) {
            return outcome.accepted();
        }
        return switch (attack.name()) {
            case "legitimate" -> messages;
            case "campaign" -> 10_000;
            case "PostHog's text" -> 1;
            default -> 0;
        };
    }
}
