package dev.freshet.benchmarks.kill;

import dev.freshet.benchmarks.process.ClickHouseQueries;
import dev.freshet.benchmarks.process.EventAccount;
import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.MetricsPage;
import dev.freshet.benchmarks.process.ServerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Rounds of load, kill -9, restart and count on one data folder, which goes on from round to round as a real one would.
 * The load remembers what was acknowledged. Of what was sent and not acknowledged, half is sent again after the restart with
 * the same ids, as a client would; the other half stays as it is, and may be there once or not at all.
 */
public final class KillRounds {
    private static final String ADMIN_KEY = "kill-rounds-admin-key";
    private static final String WRITE_KEY = "kill-rounds-write-key";
    private static final int SENDERS = 4;
    private static final int MOST_EVENTS_A_POST = 60;
    private static final int LEAST_ACKNOWLEDGED_A_ROUND = 200;
    private static final long LOAD_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long DRAIN_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path root;
    private final Path dataFolder;
    private final SplittableRandom random;
    private final PrintStream report;
    private final Set<UUID> acknowledged = ConcurrentHashMap.newKeySet();
    private final Map<UUID, String> unanswered = new ConcurrentHashMap<>();
    private final Set<UUID> sent = ConcurrentHashMap.newKeySet();
    private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();

    /**
     * @param root the repository's root
     * @param seed of the load's shape and of the moments of killing
     */
    public KillRounds(Path root, Path dataFolder, long seed, PrintStream report) {
        this.root = root;
        this.dataFolder = dataFolder;
        this.random = new SplittableRandom(seed);
        this.report = report;
    }

    /** Runs the rounds, each on what the one before left. The last start is stopped in good order. */
    public List<KillVerdict> run(int rounds) throws IOException, InterruptedException {
        List<KillVerdict> verdicts = new ArrayList<>();
        try (HttpCalls http = new HttpCalls()) {
            for (int round = 1; round <= rounds; round++) {
                loadAndKill(http);
                KillVerdict verdict = restartAndCount(http);
                if (!unexpected.isEmpty()) {
                    throw new IOException("the server answered what it never should: " + unexpected);
                }
                report.printf("kill round %d: %s%n", round, verdict);
                verdicts.add(verdict);
            }
        }
        return verdicts;
    }

    private void loadAndKill(HttpCalls http) throws IOException, InterruptedException {
        AtomicBoolean isLoading = new AtomicBoolean(true);
        List<Thread> senders = new ArrayList<>();
        try (ServerProcess server = start(ServerProcess.freePort())) {
            for (int sender = 0; sender < SENDERS; sender++) {
                SplittableRandom shape = random.split();
                senders.add(Thread.ofVirtual().start(() -> send(http, server.url(), shape, isLoading)));
            }
            awaitLoad(acknowledged.size() + LEAST_ACKNOWLEDGED_A_ROUND);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(2_200));
            server.kill();
        } finally {
            isLoading.set(false);
            for (Thread sender : senders) {
                sender.join();
            }
        }
    }

    /** Without a load a kill proves nothing, however slow the machine is. */
    private void awaitLoad(int leastAcknowledged) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + LOAD_LIMIT_NANOS;
        while (acknowledged.size() < leastAcknowledged) {
            if (System.nanoTime() > deadlineNanos || !unexpected.isEmpty()) {
                throw new IOException("the load does not get through: %d acknowledged, %s"
                        .formatted(acknowledged.size(), unexpected));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private KillVerdict restartAndCount(HttpCalls http) throws IOException, InterruptedException {
        int clickHousePort = ServerProcess.freePort();
        try (ServerProcess server = start(clickHousePort)) {
            repeatHalf(http, server.url());
            awaitStored(http, server.url());
            KillVerdict verdict = count(new EventAccount(new ClickHouseQueries(http, clickHousePort, ADMIN_KEY)));
            server.stop();
            return verdict;
        }
    }

    private ServerProcess start(int clickHousePort) throws IOException, InterruptedException {
        return ServerProcess.start(
                root,
                List.of("serve", "--port", "0", "--data-dir", dataFolder.toString()),
                Map.of(
                        "FRESHET_ADMIN_KEY",
                        ADMIN_KEY,
                        "FRESHET_WRITE_KEY",
                        WRITE_KEY,
                        "FRESHET_ADMIN_EMAIL",
                        "owner@example.com",
                        "FRESHET_ADMIN_PASSWORD",
                        "a long enough password",
                        "FRESHET_CLICKHOUSE_PORT",
                        Integer.toString(clickHousePort)));
    }

    private void send(HttpCalls http, URI server, SplittableRandom shape, AtomicBoolean isLoading) {
        while (isLoading.get()) {
            Map<UUID, String> events = new HashMap<>();
            for (int i = shape.nextInt(1, MOST_EVENTS_A_POST); i > 0; i--) {
                UUID id = new UUID(shape.nextLong(), shape.nextLong());
                events.put(id, event(id, shape));
            }
            sent.addAll(events.keySet());
            unanswered.putAll(events);
            try {
                post(http, server, events);
            } catch (IOException e) {
                return; // the server was killed: what this post held stays unanswered
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static String event(UUID id, SplittableRandom shape) {
        // Several days, so that one batch makes several inserts.
        long timestampMs = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(shape.nextInt(60));
        return """
                {"event_id":"%s","event_type":"%s","name":"n%d","user_id":"u%d","session_id":"s%d","timestamp":%d}""".formatted(
                        id,
                        List.of("page_view", "feature_used", "error_occurred", "conversion_step")
                                .get(shape.nextInt(4)),
                        shape.nextInt(20),
                        shape.nextInt(500),
                        shape.nextInt(800),
                        timestampMs);
    }

    private void repeatHalf(HttpCalls http, URI server) throws IOException, InterruptedException {
        List<Map.Entry<UUID, String>> open = new ArrayList<>(unanswered.entrySet());
        open.removeIf(entry -> random.nextBoolean());
        for (int from = 0; from < open.size(); from += MOST_EVENTS_A_POST) {
            Map<UUID, String> events = new HashMap<>();
            open.subList(from, Math.min(open.size(), from + MOST_EVENTS_A_POST))
                    .forEach(entry -> events.put(entry.getKey(), entry.getValue()));
            post(http, server, events);
        }
    }

    private void post(HttpCalls http, URI server, Map<UUID, String> events) throws IOException, InterruptedException {
        HttpResponse<String> response = http.post(
                URI.create(server + "/v1/events"),
                ("[" + String.join(",", events.values()) + "]").getBytes(StandardCharsets.UTF_8),
                "Authorization",
                "Bearer " + WRITE_KEY,
                "Content-Type",
                "application/json");
        if (response.statusCode() == 202) {
            acknowledged.addAll(events.keySet());
            unanswered.keySet().removeAll(events.keySet());
        } else if (response.statusCode() != 429 && response.statusCode() != 503) {
            unexpected.add(response.statusCode() + " " + response.body());
        }
    }

    private KillVerdict count(EventAccount account) throws IOException, InterruptedException {
        return KillVerdict.of(
                acknowledged,
                sent,
                account.ids(),
                account.rollupDifferences(),
                account.userDifferences(),
                account.noticesAHiddenEvent() && account.noticesAHiddenUser());
    }

    /** Waits until the server has brought all of its log to ClickHouse, or for as long as that may take. */
    private static void awaitStored(HttpCalls http, URI server) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + DRAIN_LIMIT_NANOS;
        while (System.nanoTime() < deadlineNanos && !isAllStored(http, server)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static boolean isAllStored(HttpCalls http, URI server) throws IOException, InterruptedException {
        MetricsPage metrics = MetricsPage.of(http, server);
        return metrics.value("freshet_store_inserted_position") == metrics.value("freshet_log_durable_position");
    }
}
