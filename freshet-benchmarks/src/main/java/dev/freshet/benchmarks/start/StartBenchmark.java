package dev.freshet.benchmarks.start;

import dev.freshet.benchmarks.Benchmark;
import dev.freshet.benchmarks.process.ProcessUsage;
import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Starts a server by the launcher, as a person would, and measures until it prints that it is ready. */
public final class StartBenchmark implements Benchmark {
    private static final String EVENTS = "--events";
    private static final String HOT = "--hot";
    private static final String RUNS = "--runs";
    private static final String FOLDER = "--folder";
    private static final long DEFAULT_EVENTS = 5_000_000;
    private static final int DEFAULT_RUNS = 5;

    /** Given, so that a start does not have to print any; first starts also make the owner. */
    private static final Map<String, String> SETTINGS = Map.of(
            "FRESHET_ADMIN_KEY", "start-benchmark-admin-key",
            "FRESHET_WRITE_KEY", "start-benchmark-write-key",
            "FRESHET_ADMIN_EMAIL", "owner@example.com",
            "FRESHET_ADMIN_PASSWORD", "a long enough password");

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage().description("Measures from the start of the process until the server is ready.");
        spec.addOption(number(EVENTS, "events in the full folder; unset: " + DEFAULT_EVENTS + ", 0: no full folder"));
        spec.addOption(number(HOT, "how many of them in the last two hours; unset: a fifth"));
        spec.addOption(number(RUNS, "starts a row; unset: " + DEFAULT_RUNS));
        spec.addOption(OptionSpec.builder(FOLDER)
                .type(Path.class)
                .paramLabel("DIR")
                .description("keeps the full folder here, and uses the one that is here already")
                .build());
    }

    private static OptionSpec number(String name, String description) {
        return OptionSpec.builder(name)
                .type(Long.class)
                .paramLabel("N")
                .description(description)
                .build();
    }

    @Override
    public int run(Path root, ParseResult arguments) throws Exception {
        long events = arguments.matchedOptionValue(EVENTS, DEFAULT_EVENTS);
        long hotEvents = arguments.matchedOptionValue(HOT, events / 5);
        int runs = Math.toIntExact(arguments.matchedOptionValue(RUNS, (long) DEFAULT_RUNS));
        BenchmarkReport report = new BenchmarkReport("start");
        measureEmpty(root, runs, report);
        if (events > 0) {
            measureFull(root, runs, new FilledFolder(events, hotEvents), kept(arguments), report);
        }
        report.print(System.out);
        System.out.println("written to " + report.write(root));
        return 0;
    }

    private static Optional<Path> kept(ParseResult arguments) {
        return arguments.hasMatchedOption(FOLDER)
                ? Optional.of(arguments.matchedOptionValue(FOLDER, Path.of("")))
                : Optional.empty();
    }

    private static void measureEmpty(Path root, int runs, BenchmarkReport report)
            throws IOException, InterruptedException {
        Figures first = new Figures();
        Figures second = new Figures();
        for (int run = 0; run < runs; run++) {
            try (TemporaryFolder data = TemporaryFolder.create("start")) {
                first.add(start(root, data.path()));
                second.add(start(root, data.path()));
            }
        }
        first.report("empty folder", report);
        second.report("second start on it", report);
    }

    private static void measureFull(
            Path root, int runs, FilledFolder content, Optional<Path> kept, BenchmarkReport report)
            throws IOException, InterruptedException {
        if (kept.isPresent()) {
            measureFull(root, runs, content, kept.get(), report);
        } else {
            try (TemporaryFolder data = TemporaryFolder.create("start-full")) {
                measureFull(root, runs, content, data.path(), report);
            }
        }
    }

    private static void measureFull(Path root, int runs, FilledFolder content, Path data, BenchmarkReport report)
            throws IOException, InterruptedException {
        if (isEmpty(data)) {
            content.fill(data, System.err);
            start(root, data); // the first start makes accounts, as the row "empty folder" shows
        }
        Figures full = new Figures();
        for (int run = 0; run < runs; run++) {
            full.add(start(root, data));
        }
        full.report("%,d events, %,d hot".formatted(content.events(), content.hotEvents()), report);
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return true;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private record Start(double seconds, ProcessUsage usage) {}

    private static Start start(Path root, Path data) throws IOException, InterruptedException {
        long beganNs = System.nanoTime();
        try (ServerProcess server =
                ServerProcess.start(root, List.of("serve", "--port", "0", "--data-dir", data.toString()), SETTINGS)) {
            double seconds = (System.nanoTime() - beganNs) / 1e9;
            ProcessUsage usage = ProcessUsage.of(server.pid());
            server.stop();
            return new Start(seconds, usage);
        }
    }

    /** The starts of one row. */
    private static final class Figures {
        private final List<Double> seconds = new ArrayList<>();
        private final List<Double> processorSeconds = new ArrayList<>();
        private double residentMegabytes;

        void add(Start start) {
            seconds.add(start.seconds());
            processorSeconds.add(start.usage().processorTime().toMillis() / 1e3);
            residentMegabytes = Math.max(residentMegabytes, start.usage().residentMegabytes());
        }

        void report(String what, BenchmarkReport report) {
            Collections.sort(seconds);
            Collections.sort(processorSeconds);
            report.add(
                    what,
                    "min s",
                    seconds.getFirst(),
                    "median s",
                    seconds.get(seconds.size() / 2),
                    "max s",
                    seconds.getLast(),
                    "cpu s",
                    processorSeconds.get(processorSeconds.size() / 2),
                    "most MB",
                    residentMegabytes);
        }
    }
}
