package dev.freshet.benchmarks.ingest;

import dev.freshet.benchmarks.load.EventSequence;
import dev.freshet.benchmarks.load.HttpLoad;
import dev.freshet.benchmarks.load.RequestTemplate;
import dev.freshet.benchmarks.process.ClickHouseQueries;
import dev.freshet.benchmarks.process.EventAccount;
import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.MetricsPage;
import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Freshet's own server, started by the launcher on a folder of its own, and what is asked of it besides speed. */
final class FreshetUnderLoad implements AutoCloseable {
    private static final String ADMIN_KEY = "ingest-benchmark-admin-key";
    private static final String WRITE_KEY = "ingest-benchmark-write-key";
    private static final int ACK_RATE = 12_000;
    private static final Duration ACK_WARM_UP = Duration.ofSeconds(3);
    private static final Duration ACK_TIME = Duration.ofSeconds(15);
    private static final Contender.Load ACK_BATCHES = new Contender.Load(100, 16, ACK_WARM_UP, ACK_TIME);
    private static final Contender.Load ACK_SINGLES = new Contender.Load(1, 128, ACK_WARM_UP, ACK_TIME);
    private static final int IDS_AT_ONCE = 2_000_000;

    private final TemporaryFolder data;
    private final Contender contender;
    private final HttpCalls http = new HttpCalls();
    private final ClickHouseQueries clickHouse;

    private FreshetUnderLoad(TemporaryFolder data, ServerProcess server, int clickHousePort, EventSequence events) {
        this.data = data;
        clickHouse = new ClickHouseQueries(http, clickHousePort, ADMIN_KEY);
        contender = new Contender(
                server,
                "POST /v1/events HTTP/1.1\r\nAuthorization: Bearer " + WRITE_KEY
                        + "\r\nContent-Type: application/json\r\n",
                RequestTemplate.Body.JSON,
                acknowledged -> Math.round(metrics().value("freshet_store_backlog_events")),
                events);
    }

    static FreshetUnderLoad start(Path root, EventSequence events) throws IOException, InterruptedException {
        TemporaryFolder data = TemporaryFolder.create("ingest");
        int clickHousePort = ServerProcess.freePort();
        ServerProcess server = ServerProcess.start(
                root,
                List.of("serve", "--port", "0", "--data-dir", data.path().toString()),
                Map.of(
                        "FRESHET_ADMIN_KEY", ADMIN_KEY,
                        "FRESHET_WRITE_KEY", WRITE_KEY,
                        "FRESHET_CLICKHOUSE_PORT", Integer.toString(clickHousePort)));
        return new FreshetUnderLoad(data, server, clickHousePort, events);
    }

    Contender contender() {
        return contender;
    }

    private MetricsPage metrics() throws IOException, InterruptedException {
        return MetricsPage.of(http, contender.process().url());
    }

    /** Bytes that the server's threads have taken from the heap since its start, collected or not. */
    double allocatedBytes() throws IOException, InterruptedException {
        contender.process().resume();
        return metrics().value("freshet_process_allocated_bytes_total");
    }

    /** Parts that the raw events lie in at present; many mean that inserts were too small for the merges to keep up. */
    long eventParts() throws IOException, InterruptedException {
        contender.process().resume();
        return clickHouse.number("SELECT count() FROM system.parts WHERE active AND table = 'events' FORMAT TSV");
    }

    /** The time to the acknowledgement at a rate that leaves room, reckoned from when each request was due. */
    void reportAcknowledgement(BenchmarkReport report, boolean isSingles) throws IOException, InterruptedException {
        contender.process().resume();
        HttpLoad.Outcome outcome = contender.evenly(isSingles ? ACK_SINGLES : ACK_BATCHES, ACK_RATE);
        Histogram latency = outcome.latencyNs();
        report.add(
                isSingles ? "ack, singles" : "ack, batches",
                "events/s",
                outcome.eventsASecond(),
                "p50 ms",
                latency.getValueAtPercentile(50) / 1e6,
                "p99 ms",
                latency.getValueAtPercentile(99) / 1e6,
                "p99.9 ms",
                latency.getValueAtPercentile(99.9) / 1e6,
                "max ms",
                latency.getMaxValue() / 1e6,
                "refused",
                outcome.refused());
    }

    /**
     * Counts by SQL.
     *
     * @return whether every acknowledged event is there once, in the table and in every rollup
     */
    boolean verify(BenchmarkReport report) throws IOException, InterruptedException {
        contender.process().resume();
        contender.awaitDrained();
        long acknowledged = contender.acknowledged();
        long refused = contender.refused();
        long events = clickHouse.number("SELECT count() FROM events FORMAT TSV");
        long distinct = distinct(events);
        EventAccount account = new EventAccount(clickHouse);
        Map<String, Long> differences = account.rollupDifferences();
        boolean areRollupsEqual =
                differences.values().stream().allMatch(difference -> difference == 0) && account.noticesAHiddenEvent();
        report.add(
                "kept",
                "acknowledged",
                acknowledged,
                "in events",
                events,
                "distinct",
                distinct,
                "rollups equal",
                areRollupsEqual,
                "requests refused",
                refused);
        // What was refused by 503 may be there all the same.
        boolean areAllThere = refused == 0 ? events == acknowledged : events >= acknowledged;
        return areAllThere && distinct == events && areRollupsEqual;
    }

    /** By slices of the ids, since the engine's memory is bounded. */
    private long distinct(long events) throws IOException, InterruptedException {
        long slices = 1 + events / IDS_AT_ONCE;
        long distinct = 0;
        for (long slice = 0; slice < slices; slice++) {
            distinct += clickHouse.number(
                    "SELECT uniqExact(event_id) FROM events WHERE cityHash64(event_id) %% %d = %d FORMAT TSV"
                            .formatted(slices, slice));
        }
        return distinct;
    }

    /** Stops the server and merges its tables. */
    void reportDisk(BenchmarkReport report) throws IOException, InterruptedException {
        long events = clickHouse.number("SELECT count() FROM events FORMAT TSV");
        contender.process().stop();
        Map<String, Long> bytes = DiskUse.of(data.path().resolve("clickhouse"));
        Object[] figures = new Object[2 + 2 * bytes.size()];
        figures[0] = "bytes/event";
        figures[1] = bytes.values().stream().mapToLong(Long::longValue).sum() / (double) events;
        int at = 2;
        for (Map.Entry<String, Long> table : bytes.entrySet()) {
            figures[at++] = table.getKey();
            figures[at++] = table.getValue() / (double) events;
        }
        report.add("disk, merged", figures);
    }

    @Override
    public void close() throws IOException {
        contender.close();
        http.close();
        data.close();
    }
}
