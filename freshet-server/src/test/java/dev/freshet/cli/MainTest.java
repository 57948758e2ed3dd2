package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MainTest {
    @TempDir
    private static Path folder;

    private record Ended(int exitCode, String errors) {}

    private static Ended run(String... arguments) {
        StringWriter errors = new StringWriter();
        return new Ended(Main.run(arguments, new PrintWriter(errors, true)), errors.toString());
    }

    static Stream<Arguments> failures() throws IOException {
        String file = Files.writeString(
                        folder.resolve("events.ndjson"), "{\"event_type\":\"page_view\",\"user_id\":\"u\"}\n")
                .toString();
        return Stream.of(
                failure(2, "--nonsense", "serve", "--nonsense"),
                failure(2, "nonsense", "nonsense"),
                failure(2, "FILE", "import"),
                failure(2, "ndjson, csv", "import", file, "--format", "xml"),
                failure(2, "keys create NAME", "keys", "make", "ci"),
                failure(2, "keys create NAME", "keys", "create"),
                failure(2, "keys create NAME", "keys", "list", "all"),
                failure(2, "1 to 100 characters", "keys", "create", " "),
                failure(2, "http://host:8080", "keys", "--url", "nonsense"),
                failure(2, "http://host:8080", "import", file, "--url", "nonsense"),
                failure(2, "FRESHET_PORT", "serve", "--port", "abc"),
                failure(2, "FRESHET_RETENTION_DAYS", "serve", "--retention-days", "0"),
                failure(2, "FRESHET_DATA_DIR", "serve", "--port", "0", "--data-dir", file),
                failure(2, "--rate", "demo", "--rate", "0"),
                failure(
                        1,
                        "no such file",
                        "import",
                        folder.resolve("missing.ndjson").toString()),
                failure(1, "Cannot read", "import", "--format", "ndjson", folder.toString()),
                failure(1, "as CSV", "import", "--format", "csv", file),
                failure(1, "as Parquet", "import", "--format", "parquet", file));
    }

    private static Arguments failure(int exitCode, String told, String... arguments) {
        return Arguments.of(exitCode, told, List.of(arguments));
    }

    @ParameterizedTest(name = "{2} ends with {0}")
    @MethodSource("failures")
    void aFailureIsOneSentenceAndAnExitCode(int exitCode, String told, List<String> arguments) {
        Ended ended = run(arguments.toArray(String[]::new));

        assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(exitCode);
        assertThat(ended.errors()).startsWith("freshet: ").contains(told);
        assertThat(ended.errors().lines()).hasSize(1);
    }

    @Test
    void verboseAddsTheStackTrace() {
        Ended ended = run("import", folder.resolve("missing.ndjson").toString(), "--verbose");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("no such file", "\tat dev.freshet.");
    }

    @Test
    void helpAndADryRunSucceedWithoutAServer() throws IOException {
        Path log = Files.writeString(folder.resolve("two.JSONL"), """
                {"event_type":"page_view","user_id":"u","timestamp":%1$d}
                {"event_type":"page_view","user_id":"u","timestamp":%1$d}
                """.formatted(System.currentTimeMillis()));
        for (String[] arguments : List.of(
                new String[] {"--help"},
                new String[] {"help"},
                new String[] {"import", "--help"},
                new String[] {"import", log.toString(), "--dry-run"},
                new String[] {"keys", "--help"})) {
            Ended ended = run(arguments);
            assertThat(ended.exitCode()).as(Arrays.toString(arguments)).isZero();
            assertThat(ended.errors()).isEmpty();
        }
    }
}
