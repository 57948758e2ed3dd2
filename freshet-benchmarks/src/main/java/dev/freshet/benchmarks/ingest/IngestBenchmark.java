package dev.freshet.benchmarks.ingest;

import dev.freshet.benchmarks.Benchmark;
import dev.freshet.benchmarks.report.BenchmarkReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code ingest}: how many events a second are taken, beside what the engine alone, a plain Node.js service and QuestDB do with
 * the same events. The rounds of all take turns, so that a busy moment of the machine hits all of them.
 */
public final class IngestBenchmark implements Benchmark {
    private static final String ROUNDS = "--rounds";
    private static final String SECONDS = "--seconds";
    private static final String ONLY = "--only";
    private static final int DEFAULT_ROUNDS = 3;
    private static final int DEFAULT_SECONDS = 5;

    /** Who is measured. */
    enum Party {
        FRESHET,
        ENGINE,
        RECIPE,
        QUESTDB
    }

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage()
                .description("Posts events at full speed and measures how many are taken, beside three baselines.");
        spec.addOption(number(ROUNDS, "rounds of each; the median counts; unset: " + DEFAULT_ROUNDS));
        spec.addOption(number(SECONDS, "how long each round sends, after a warm-up; unset: " + DEFAULT_SECONDS));
        spec.addOption(OptionSpec.builder(ONLY)
                .type(Set.class)
                .auxiliaryTypes(Party.class)
                .splitRegex(",")
                .paramLabel("PARTY")
                .description("measures only some of FRESHET, ENGINE, RECIPE, QUESTDB")
                .build());
    }

    private static OptionSpec number(String name, String description) {
        return OptionSpec.builder(name)
                .type(Integer.class)
                .paramLabel("N")
                .description(description)
                .build();
    }

    @Override
    public int run(Path root, ParseResult arguments) throws Exception {
        int rounds = arguments.matchedOptionValue(ROUNDS, DEFAULT_ROUNDS);
        Duration time = Duration.ofSeconds(arguments.matchedOptionValue(SECONDS, DEFAULT_SECONDS));
        Set<Party> parties = arguments.matchedOptionValue(ONLY, EnumSet.allOf(Party.class));
        BenchmarkReport report = new BenchmarkReport("ingest");
        boolean isKept;
        try (IngestRounds all = IngestRounds.start(root, parties)) {
            for (int round = 1; round <= rounds; round++) {
                System.err.printf(Locale.ROOT, "round %d of %d%n", round, rounds);
                all.measure(time, round == 1);
            }
            all.report(report);
            isKept = all.finish(report);
        }
        report.print(System.out);
        System.out.println("written to " + report.write(root));
        return isKept ? 0 : 1;
    }
}
