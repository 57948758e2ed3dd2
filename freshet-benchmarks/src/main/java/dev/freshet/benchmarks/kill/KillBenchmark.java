package dev.freshet.benchmarks.kill;

import dev.freshet.benchmarks.Benchmark;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Many rounds of {@link KillRounds}. */
public final class KillBenchmark implements Benchmark {
    private static final String ROUNDS = "--rounds";
    private static final String SEED = "--seed";
    private static final int DEFAULT_ROUNDS = 100;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage().description("Kills a server under load again and again, and counts what it kept.");
        spec.addOption(OptionSpec.builder(ROUNDS)
                .type(Integer.class)
                .paramLabel("N")
                .description("how often; unset: " + DEFAULT_ROUNDS)
                .build());
        spec.addOption(OptionSpec.builder(SEED)
                .type(Long.class)
                .paramLabel("N")
                .description("repeats the load and the moments of an earlier run")
                .build());
    }

    @Override
    public int run(Path root, ParseResult arguments) throws Exception {
        long seed =
                arguments.matchedOptionValue(SEED, ThreadLocalRandom.current().nextLong());
        System.out.println("seed " + seed);
        BenchmarkReport report = new BenchmarkReport("kill");
        try (TemporaryFolder data = TemporaryFolder.create("kill")) {
            List<KillVerdict> verdicts = new KillRounds(root, data.path(), seed, System.out)
                    .run(arguments.matchedOptionValue(ROUNDS, DEFAULT_ROUNDS));
            KillVerdict last = verdicts.getLast();
            long broken = verdicts.stream().filter(verdict -> !verdict.isKept()).count();
            report.add(
                    "kill -9 and restart",
                    "rounds",
                    (long) verdicts.size(),
                    "broken",
                    broken,
                    "acknowledged",
                    last.acknowledged(),
                    "stored",
                    last.stored(),
                    "lost",
                    last.lost(),
                    "doubled",
                    last.doubled());
            report.print(System.out);
            System.out.println("written to " + report.write(root));
            return broken == 0 ? 0 : 1;
        }
    }
}
