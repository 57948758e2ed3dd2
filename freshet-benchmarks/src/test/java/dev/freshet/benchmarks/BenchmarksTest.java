package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BenchmarksTest {
    /** The command line is put together at run time, so a clash of options shows only here. */
    @ParameterizedTest
    @ValueSource(strings = {"duplicates", "ingest", "kill", "load", "reactive", "sockets", "start"})
    void everyBenchmarkTellsItsOptions(String name) {
        assertThat(Benchmarks.run(Path.of(""), name, "--help")).isZero();
    }

    @Test
    void anUnknownBenchmarkIsWrongUsage() {
        assertThat(Benchmarks.run(Path.of(""), "nothing")).isEqualTo(2);
    }

    @Test
    void noBenchmarkIsWrongUsage() {
        assertThat(Benchmarks.run(Path.of(""))).isEqualTo(2);
    }
}
