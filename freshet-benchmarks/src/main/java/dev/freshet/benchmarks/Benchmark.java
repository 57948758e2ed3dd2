package dev.freshet.benchmarks;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One benchmark of {@code ./freshet bench NAME}: its options, and what it does with them. */
public interface Benchmark {
    /** Adds options; the spec has a name and standard help already. */
    void describe(CommandSpec spec);

    /**
     * Measures. Prints its table and writes its JSON itself.
     *
     * @param root the repository's root
     * @return the exit code: 0 when what it checked holds, whether a figure is good or not
     */
    int run(Path root, ParseResult arguments) throws Exception;
}
