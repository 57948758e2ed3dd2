package dev.freshet.benchmarks.load;

import dev.freshet.benchmarks.Benchmark;
import dev.freshet.benchmarks.process.ClickHouseQueries;
import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** An even load of events on a fresh server: how soon they are acknowledged, what that costs, and that all are kept. */
public final class LoadBenchmark implements Benchmark {
    private static final String RATE = "--rate";
    private static final String SECONDS = "--seconds";
    private static final String SINGLES = "--singles";
    private static final int DEFAULT_RATE = 12_000;
    private static final int DEFAULT_SECONDS = 60;
    private static final int BATCH = 100;
    private static final int BATCH_CONNECTIONS = 16;
    private static final int SINGLE_CONNECTIONS = 128;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final int IDLE_SECONDS = 10;
    private static final long DRAIN_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final String ADMIN_KEY = "load-benchmark-admin-key";
    private static final String WRITE_KEY = "load-benchmark-write-key";

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage().description("Posts events at an even rate to a fresh server and measures both sides.");
        spec.addOption(number(RATE, "events a second; unset: " + DEFAULT_RATE));
        spec.addOption(number(SECONDS, "how long, after a warm-up; unset: " + DEFAULT_SECONDS));
        spec.addOption(OptionSpec.builder(SINGLES)
                .type(boolean.class)
                .description("one event a request instead of " + BATCH)
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
        int rate = arguments.matchedOptionValue(RATE, DEFAULT_RATE);
        int seconds = arguments.matchedOptionValue(SECONDS, DEFAULT_SECONDS);
        boolean isSingles = arguments.hasMatchedOption(SINGLES);
        BenchmarkReport report = new BenchmarkReport(isSingles ? "load-singles" : "load");
        int clickHousePort = ServerProcess.freePort();
        try (TemporaryFolder data = TemporaryFolder.create("load");
                ServerProcess server = start(root, data.path(), clickHousePort);
                HttpCalls http = new HttpCalls()) {
            idle(server, http, report);
            HttpLoad load = load(server, isSingles);
            long acknowledged = load.evenly(WARM_UP, rate).acknowledged();
            try (ServerWatch watch = ServerWatch.start(server, http)) {
                HttpLoad.Outcome outcome = load.evenly(Duration.ofSeconds(seconds), rate);
                report(outcome, watch, report);
                acknowledged += outcome.acknowledged();
            }
            ClickHouseQueries clickHouse = new ClickHouseQueries(http, clickHousePort, ADMIN_KEY);
            boolean isKept = verify(acknowledged, server, http, clickHouse, report);
            server.stop();
            report.print(System.out);
            System.out.println("written to " + report.write(root));
            return isKept ? 0 : 1;
        }
    }

    private static HttpLoad load(ServerProcess server, boolean isSingles) {
        HttpLoad.Requests requests = new HttpLoad.Requests(
                "POST /v1/events HTTP/1.1\r\nAuthorization: Bearer " + WRITE_KEY
                        + "\r\nContent-Type: application/json\r\n",
                RequestTemplate.Body.JSON,
                isSingles ? 1 : BATCH);
        return new HttpLoad(
                server.url(),
                requests,
                new EventSequence(System.nanoTime(), System.currentTimeMillis()),
                0,
                isSingles ? SINGLE_CONNECTIONS : BATCH_CONNECTIONS);
    }

    private static ServerProcess start(Path root, Path data, int clickHousePort)
            throws IOException, InterruptedException {
        return ServerProcess.start(
                root,
                List.of("serve", "--port", "0", "--data-dir", data.toString()),
                Map.of(
                        "FRESHET_ADMIN_KEY", ADMIN_KEY,
                        "FRESHET_WRITE_KEY", WRITE_KEY,
                        "FRESHET_CLICKHOUSE_PORT", Integer.toString(clickHousePort)));
    }

    private static void idle(ServerProcess server, HttpCalls http, BenchmarkReport report)
            throws IOException, InterruptedException {
        try (ServerWatch watch = ServerWatch.start(server, http)) {
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            report.add("server, idle", "cores", watch.cores(), "MB", watch.mostMegabytes());
        }
    }

    private static void report(HttpLoad.Outcome outcome, ServerWatch watch, BenchmarkReport report) throws IOException {
        double cores = watch.cores();
        Histogram latency = outcome.latencyNs();
        report.add(
                "acknowledgement",
                "events/s",
                outcome.eventsASecond(),
                "p50 ms",
                latency.getValueAtPercentile(50) / 1e6,
                "p90 ms",
                latency.getValueAtPercentile(90) / 1e6,
                "p99 ms",
                latency.getValueAtPercentile(99) / 1e6,
                "p99.9 ms",
                latency.getValueAtPercentile(99.9) / 1e6,
                "max ms",
                latency.getMaxValue() / 1e6,
                "refused",
                outcome.refused());
        report.add(
                "server, loaded",
                "cores",
                cores,
                "most MB",
                watch.mostMegabytes(),
                "most events behind",
                watch.mostBacklog());
    }

    private static boolean verify(
            long acknowledged,
            ServerProcess server,
            HttpCalls http,
            ClickHouseQueries clickHouse,
            BenchmarkReport report)
            throws IOException, InterruptedException {
        long beganNs = System.nanoTime();
        while (ServerWatch.backlog(http, server) > 0 && System.nanoTime() - beganNs < DRAIN_LIMIT_NS) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        double drainSeconds = (System.nanoTime() - beganNs) / 1e9;
        long events = clickHouse.number("SELECT count() FROM events FORMAT TSV");
        long distinct = clickHouse.number("SELECT uniqExact(event_id) FROM events FORMAT TSV");
        boolean isKept = events == acknowledged && distinct == acknowledged;
        for (String rollup : List.of("events_1m", "events_1h", "events_1d")) {
            isKept &= clickHouse.number("SELECT sum(event_count) FROM " + rollup + " FORMAT TSV") == acknowledged;
        }
        report.add(
                "kept",
                "acknowledged",
                acknowledged,
                "in events",
                events,
                "distinct",
                distinct,
                "rollups equal",
                isKept,
                "drained after s",
                drainSeconds);
        return isKept;
    }
}
