package dev.freshet.benchmarks.reactive;

import dev.freshet.benchmarks.Benchmark;
import dev.freshet.benchmarks.process.ProcessUsage;
import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code sockets}: how soon a commit is at all sockets of a real server that watch it, beside a plain broadcast server in Node.js;
 * then what many sockets with many subscriptions cost.
 */
public final class SocketsBenchmark implements Benchmark {
    private static final String SECONDS = "--seconds";
    private static final String SOCKETS = "--sockets";
    private static final int DEFAULT_SECONDS = 5;
    private static final int DEFAULT_SOCKETS = 9_000;
    private static final int SUBSCRIPTIONS_A_SOCKET = 10;
    private static final int[] AUDIENCES = {1, 400, 5_000};
    private static final int WARM_UP_CHANGES = 20;
    private static final int IDLE_SECONDS = 60;
    private static final int SHORTEST_INTERVAL_MS = 50;
    private static final int TEXTS_A_SECOND = 20_000;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage()
                .description("Measures how soon a commit is at all sockets that watch it, beside a plain broadcast.");
        spec.addOption(OptionSpec.builder(SECONDS)
                .type(Integer.class)
                .paramLabel("N")
                .description("how long each figure is measured; unset: " + DEFAULT_SECONDS)
                .build());
        spec.addOption(OptionSpec.builder(SOCKETS)
                .type(Integer.class)
                .paramLabel("N")
                .description("sockets that are held open at the end, 10 subscriptions each; unset: " + DEFAULT_SOCKETS)
                .build());
    }

    @Override
    public int run(Path root, ParseResult arguments) throws Exception {
        int seconds = arguments.matchedOptionValue(SECONDS, DEFAULT_SECONDS);
        int mostSockets = arguments.matchedOptionValue(SOCKETS, DEFAULT_SOCKETS);
        BenchmarkReport report = new BenchmarkReport("sockets");
        try (TemporaryFolder data = TemporaryFolder.create("sockets");
                ServerProcess server = freshet(root, data.path())) {
            fanOut("freshet", server, Dialect.CONVEX, seconds, report);
            hold(server, mostSockets, report);
        }
        try (ServerProcess server = broadcast(root)) {
            fanOut("broadcast", server, Dialect.BROADCAST, seconds, report);
        }
        report.print(System.out);
        System.out.println("\nwrote " + report.write(root));
        return 0;
    }

    private static ServerProcess freshet(Path root, Path data) throws IOException, InterruptedException {
        return ServerProcess.start(
                root,
                List.of("serve", "--port", "0", "--data-dir", data.toString()),
                Map.of(
                        "FRESHET_FUNCTIONS",
                        root.resolve("freshet-benchmarks/target").toString()));
    }

    private static ServerProcess broadcast(Path root) throws IOException, InterruptedException {
        return ServerProcess.start(
                List.of(
                        "node",
                        root.resolve("freshet-benchmarks/node/broadcast.mjs").toString()),
                Map.of());
    }

    /** Changes one counter up to 20 times a second, so rarely that some 20,000 texts a second go out. */
    private static void fanOut(String who, ServerProcess server, Dialect dialect, int seconds, BenchmarkReport report)
            throws IOException, InterruptedException {
        try (Audience audience = new Audience(Vertx.vertx(), server.url(), dialect)) {
            for (int size : AUDIENCES) {
                long intervalMs = Math.max(SHORTEST_INTERVAL_MS, TimeUnit.SECONDS.toMillis(1) * size / TEXTS_A_SECOND);
                int changes = (int) (TimeUnit.SECONDS.toMillis(seconds) / intervalMs);
                audience.grow(size, 0);
                audience.change(WARM_UP_CHANGES, intervalMs);
                ProcessUsage before = ProcessUsage.of(server.pid());
                Histogram latencyNs = audience.change(changes, intervalMs);
                ProcessUsage after = ProcessUsage.of(server.pid());
                report.add(
                        "%s, %,d sockets, %d changes/s".formatted(who, size, TimeUnit.SECONDS.toMillis(1) / intervalMs),
                        "p50 ms",
                        latencyNs.getValueAtPercentile(50) / 1e6,
                        "p99 ms",
                        latencyNs.getValueAtPercentile(99) / 1e6,
                        "max ms",
                        latencyNs.getMaxValue() / 1e6,
                        "cores",
                        after.processorTime().minus(before.processorTime()).toNanos() / 1e9 / seconds);
            }
        }
    }

    private static void hold(ServerProcess server, int size, BenchmarkReport report)
            throws IOException, InterruptedException {
        ProcessUsage empty = ProcessUsage.of(server.pid());
        try (Audience audience = new Audience(Vertx.vertx(), server.url(), Dialect.CONVEX)) {
            audience.grow(size, SUBSCRIPTIONS_A_SOCKET - 1);
            ProcessUsage before = ProcessUsage.of(server.pid());
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            ProcessUsage after = ProcessUsage.of(server.pid());
            report.add(
                    "%,d sockets with %d subscriptions each, idle".formatted(size, SUBSCRIPTIONS_A_SOCKET),
                    "KB/socket",
                    (after.residentBytes() - empty.residentBytes()) / 1024.0 / size,
                    "resident MB",
                    after.residentMegabytes(),
                    "cores",
                    after.processorTime().minus(before.processorTime()).toNanos() / 1e9 / IDLE_SECONDS,
                    "still open",
                    audience.open());
        }
    }
}
