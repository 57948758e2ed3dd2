package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes, a decoder answers with rows that can be read or with a refusal; never with another exception. */
final class DialectDecoderFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final List<String> SEEDS = List.of(
            "{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"A\",\"properties\":{\"a\":[1,2.5e3,{\"b\":\"\\ud83d\\ude00\"}]},"
                    + "\"timestamp\":\"2026-03-05T11:00:00Z\",\"messageId\":\"6a2b9c04-6d0e-4f0a-9a63-7c5bb1c5c0de\"},"
                    + "{\"type\":\"identify\",\"userId\":\"u\",\"traits\":{\"x\":null}}],\"sentAt\":\"2026-03-05T11:00:00Z\","
                    + "\"writeKey\":\"fwk_one\"}",
            "{\"api_key\":\"fwk_one\",\"batch\":[{\"event\":\"$exception\",\"distinct_id\":\"u\",\"properties\":"
                    + "{\"$exception_list\":[{\"type\":\"T\"}],\"$set\":{\"a\":1}},\"offset\":7}]}",
            "[{\"event\":\"$identify\",\"properties\":{\"token\":\"fwk_one\",\"distinct_id\":7,\"$anon_distinct_id\":\"b\"}}]",
            "data=eyJldmVudCI6IkEiLCJkaXN0aW5jdF9pZCI6InUifQ%3D%3D");

    @Test
    void aDamagedBodyIsTakenOrRefused() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        DialectWorld world = new DialectWorld();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] body = damaged(SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8), random);
            DialectDecoder decoder = random.nextBoolean() ? world.segment : world.postHog;
            try {
                DialectWorld.rows(decoder.decode(DialectWorld.request(body)));
            } catch (DialectException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed %d, round %d: %s".formatted(seed, round, new String(body, StandardCharsets.ISO_8859_1)),
                        e);
            }
        }
        assertThat(refused).as("of %d, seed %d", ROUNDS, seed).isBetween(1, ROUNDS - 1);
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] body = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        for (int change = random.nextInt(5); change > 0 && body.length > 0; change--) {
            int at = random.nextInt(body.length);
            switch (random.nextInt(3)) {
                case 0 -> body[at] = (byte) random.nextInt(256);
                case 1 -> body[at] = (byte) "{}[]\",:0-eE.\\u\u0000".charAt(random.nextInt(15));
                default -> {
                    int from = random.nextInt(body.length);
                    int length = Math.min(random.nextInt(12), body.length - Math.max(at, from));
                    System.arraycopy(body, from, body, at, length);
                }
            }
        }
        return body;
    }
}
