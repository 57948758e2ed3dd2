package dev.freshet.fuzzing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The seeds, among them whatever a fuzzer ever found, and what random damage makes of them. */
class SeedsTest {
    private static final Path SEEDS = Path.of(System.getProperty("freshet.root"), "freshet-fuzzing", "seeds");
    private static final int DAMAGED_INPUTS = 1_000;
    private static final int MOST_DAMAGED_BYTES = 16 * 1024;
    private static final byte[] SIGNIFICANT = "{}[]\",:0-eE.\\u\u0000\n\u00ff".getBytes(StandardCharsets.ISO_8859_1);

    static Stream<String> targets() {
        return FuzzTargets.names().stream();
    }

    private static List<Path> seeds(String target) throws IOException {
        try (Stream<Path> files = Files.list(SEEDS.resolve(target))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everySeedIsDecodedOrRefused(String name) throws IOException {
        FuzzTarget target = FuzzTargets.named(name);
        List<Path> seeds = seeds(name);
        assertThat(seeds).isNotEmpty();
        for (Path seed : seeds) {
            byte[] input = Files.readAllBytes(seed);
            assertThatCode(() -> target.run(input)).as(seed.toString()).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void damagedSeedsAreDecodedOrRefused(String name) throws IOException {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        FuzzTarget target = FuzzTargets.named(name);
        List<byte[]> inputs = seeds(name).stream()
                .map(SeedsTest::bytes)
                .filter(bytes -> bytes.length <= MOST_DAMAGED_BYTES)
                .toList();
        for (int round = 0; round < DAMAGED_INPUTS; round++) {
            byte[] input = damaged(inputs.get(random.nextInt(inputs.size())), random);
            assertThatCode(() -> target.run(input))
                    .as("seed %d, round %d: %s", seed, round, HexFormat.of().formatHex(input))
                    .doesNotThrowAnyException();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("a seed cannot be read", e);
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] input = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length + 1)) : whole.clone();
        for (int change = random.nextInt(5); change > 0 && input.length > 0; change--) {
            int at = random.nextInt(input.length);
            switch (random.nextInt(3)) {
                case 0 -> input[at] = (byte) random.nextInt(256);
                case 1 -> input[at] = SIGNIFICANT[random.nextInt(SIGNIFICANT.length)];
                default -> {
                    int from = random.nextInt(input.length);
                    int length = Math.min(random.nextInt(12), input.length - Math.max(at, from));
                    System.arraycopy(input, from, input, at, length);
                }
            }
        }
        return input;
    }

    /** The negative control: what a target checks does fail where a decoder is wrong. */
    @Test
    void whatDoesNotHoldIsAnError() {
        assertThatThrownBy(() -> Require.equal(1, 2, "the sum"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("the sum is 1 and not 2");
    }

    @Test
    void anUnknownTargetIsNamed() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();

        int exitCode = Fuzz.run(Path.of("."), new PrintStream(told, true, StandardCharsets.UTF_8), "nonsense");

        assertThat(exitCode).isEqualTo(2);
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("native", "posthog");
    }
}
