package dev.freshet.benchmarks.ingest;

import dev.freshet.benchmarks.load.EventSequence;
import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import dev.freshet.eventstore.EmbeddedEventStore;
import dev.freshet.eventstore.EngineLimits;
import dev.freshet.eventstore.Schema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The engine alone: the same events, made into rows beforehand, into the same tables and views in batches of 50,000. No HTTP, no
 * JSON, no log, nothing synced. In a process of its own, since a process has one engine.
 */
final class EngineLimit {
    private static final String RESULT = "result ";
    private static final int BATCH = 50_000;
    private static final int WARM_UP_BATCHES = 4;
    private static final int RETENTION_DAYS = 90;

    /** Of memory, of which the engine gets a quarter: as much as a server gives it at the most. */
    private static final long MACHINE_BYTES = 8L << 30;

    private static final String TEAM = "5f0c0ffee0ddba11c0de1234";

    private EngineLimit() {}

    /**
     * Measures once.
     *
     * @param inserters how many insert at the same time
     * @return rows a second
     */
    static double measure(int batches, int inserters) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(ServerProcess.javaCommand(List.of("-Xmx1g")));
        command.addAll(List.of(EngineLimit.class.getName(), Integer.toString(batches), Integer.toString(inserters)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the engine alone failed:\n" + printed);
        }
        return printed.lines()
                .filter(line -> line.startsWith(RESULT))
                .mapToDouble(line -> Double.parseDouble(line.substring(RESULT.length())))
                .findFirst()
                .orElseThrow(() -> new IOException("the engine alone gave no result:\n" + printed));
    }

    /** @param arguments how many batches, and how many inserters */
    public static void main(String[] arguments) throws Exception {
        int batches = Integer.parseInt(arguments[0]);
        int inserters = Integer.parseInt(arguments[1]);
        EventSequence events = EventSequence.startingNow(System.nanoTime());
        List<EventRows> rows = new ArrayList<>();
        for (int batch = 0; batch < WARM_UP_BATCHES + batches; batch++) {
            rows.add(rows(events, (long) batch * BATCH));
        }
        try (TemporaryFolder folder = TemporaryFolder.create("engine");
                EmbeddedEventStore store = open(folder.path());
                ExecutorService threads = Executors.newFixedThreadPool(inserters)) {
            insert(store, threads, rows.subList(0, WARM_UP_BATCHES), "warm-up");
            long beganNs = System.nanoTime();
            insert(store, threads, rows.subList(WARM_UP_BATCHES, rows.size()), "measured");
            System.out.println(RESULT + batches * (double) BATCH / ((System.nanoTime() - beganNs) / 1e9));
        }
    }

    private static EmbeddedEventStore open(Path folder) {
        Path library = ChdbLibrary.locate(Path.of(System.getProperty("chdb.native.directory", "chdb/native")));
        return EmbeddedEventStore.open(
                library,
                folder,
                Schema.DEFAULT_DATABASE,
                RETENTION_DAYS,
                EngineLimits.forMachine(MACHINE_BYTES, Runtime.getRuntime().availableProcessors()));
    }

    private static void insert(EmbeddedEventStore store, ExecutorService threads, List<EventRows> batches, String name)
            throws InterruptedException, ExecutionException {
        List<Future<?>> inserts = new ArrayList<>();
        for (int batch = 0; batch < batches.size(); batch++) {
            List<EventRows> rows = List.of(batches.get(batch));
            String token = name + batch;
            inserts.add(threads.submit(() -> store.insertEvents(rows, token)));
        }
        for (Future<?> insert : inserts) {
            insert.get();
        }
    }

    private static EventRows rows(EventSequence events, long first) {
        EventRowsBuilder rows = new EventRowsBuilder(BATCH * 150);
        for (long number = first; number < first + BATCH; number++) {
            long shape = events.shape(number);
            rows.row(
                            events.timestampMs(number),
                            events.idHigh(number),
                            events.idLow(number),
                            EventType.ofWireName(EventSequence.type(number)).orElseThrow())
                    .text(TEAM)
                    .text("/page/%02d".formatted(EventSequence.name(shape)))
                    .text("user-" + EventSequence.user(shape))
                    .text("session-" + EventSequence.session(shape))
                    .text("{\"plan\":\"pro\",\"duration_ms\":" + EventSequence.durationMs(shape) + "}");
        }
        EventRows built = rows.build();
        built.stamp(first + 1, System.currentTimeMillis());
        return built;
    }
}
