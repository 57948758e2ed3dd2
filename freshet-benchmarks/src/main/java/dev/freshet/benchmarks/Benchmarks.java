package dev.freshet.benchmarks;

import dev.freshet.benchmarks.duplicates.DuplicatesBenchmark;
import dev.freshet.benchmarks.ingest.IngestBenchmark;
import dev.freshet.benchmarks.kill.KillBenchmark;
import dev.freshet.benchmarks.load.LoadBenchmark;
import dev.freshet.benchmarks.reactive.ReactiveBenchmark;
import dev.freshet.benchmarks.reactive.SocketsBenchmark;
import dev.freshet.benchmarks.start.StartBenchmark;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Where {@code ./freshet bench} begins. */
public final class Benchmarks {
    /** Set by the launcher: where the repository is. */
    private static final String ROOT_PROPERTY = "freshet.root";

    private static final int WRONG_USAGE = 2;

    private Benchmarks() {}

    public static void main(String[] arguments) {
        System.exit(run(Path.of(System.getProperty(ROOT_PROPERTY, ".")), arguments));
    }

    /** Runs one benchmark without ending the process. */
    static int run(Path root, String... arguments) {
        CommandSpec top = CommandSpec.create().name("freshet bench");
        top.usageMessage()
                .description(
                        "Measures on this machine, most on a real server. Each benchmark prints a table and writes JSON.");
        top.mixinStandardHelpOptions(true);
        CommandLine line = new CommandLine(top);
        new TreeMap<>(Map.of(
                        "duplicates",
                        new DuplicatesBenchmark(),
                        "ingest",
                        new IngestBenchmark(),
                        "kill",
                        new KillBenchmark(),
                        "load",
                        new LoadBenchmark(),
                        "reactive",
                        new ReactiveBenchmark(),
                        "sockets",
                        new SocketsBenchmark(),
                        "start",
                        new StartBenchmark()))
                .forEach((name, benchmark) -> line.addSubcommand(name, subcommand(root, name, benchmark)));
        line.setExecutionStrategy(parsed -> {
            if (!parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
                line.usage(line.getOut());
                return WRONG_USAGE;
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        return line.execute(arguments);
    }

    private static CommandLine subcommand(Path root, String name, Benchmark benchmark) {
        CommandLine[] self = new CommandLine[1];
        Callable<Integer> body = () -> benchmark.run(root, self[0].getParseResult());
        CommandSpec spec = CommandSpec.wrapWithoutInspection(body).name(name).mixinStandardHelpOptions(true);
        benchmark.describe(spec);
        self[0] = new CommandLine(spec);
        return self[0];
    }
}
