package dev.freshet.benchmarks.ingest;

import dev.freshet.benchmarks.ingest.Contender.Load;
import dev.freshet.benchmarks.ingest.Contender.Round;
import dev.freshet.benchmarks.ingest.IngestBenchmark.Party;
import dev.freshet.benchmarks.load.EventSequence;
import dev.freshet.benchmarks.load.RequestTemplate;
import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All parties of the comparison and what they were measured to do. Confined to one thread. */
final class IngestRounds implements AutoCloseable {
    private static final int BATCH = 100;
    private static final int BATCH_CONNECTIONS = 32;
    private static final int SINGLE_CONNECTIONS = 128;
    private static final int ENGINE_BATCHES = 24;
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration FIRST_WARM_UP = Duration.ofSeconds(20);

    private final EventSequence events = EventSequence.startingNow(System.nanoTime());
    private final Series engine = new Series();
    private final Series engineByTwo = new Series();
    private final Series bytesAnEvent = new Series();
    private final Series bytesASingle = new Series();
    private final Series parts = new Series();
    private final Map<Party, Figures> batches = new EnumMap<>(Party.class);
    private final Map<Party, Figures> singles = new EnumMap<>(Party.class);
    private final Set<Party> parties;
    private final TemporaryFolder folder;
    private final HttpCalls http = new HttpCalls();
    private @Nullable FreshetUnderLoad freshet;
    private @Nullable Contender recipe;
    private @Nullable Contender questDb;

    private IngestRounds(Set<Party> parties, TemporaryFolder folder) {
        this.parties = parties;
        this.folder = folder;
    }

    /** What one party did in all rounds. */
    private static final class Figures {
        final Series acknowledged = new Series();
        final Series stored = new Series();
        final Series cores = new Series();

        void add(Round round) {
            acknowledged.add(round.acknowledgedASecond());
            stored.add(round.storedASecond());
            cores.add(round.cores());
        }
    }

    /** Starts all but the engine, which is started anew for each round. */
    static IngestRounds start(Path root, Set<Party> parties) throws IOException, InterruptedException {
        IngestRounds rounds = new IngestRounds(parties, TemporaryFolder.create("ingest-baselines"));
        try {
            rounds.startAll(root);
            return rounds;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            try {
                rounds.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private void startAll(Path root) throws IOException, InterruptedException {
        if (parties.contains(Party.FRESHET)) {
            freshet = FreshetUnderLoad.start(root, events);
            freshet.contender().process().pause();
        }
        if (parties.contains(Party.RECIPE)) {
            recipe = startRecipe(root);
            recipe.process().pause();
        }
        if (parties.contains(Party.QUESTDB)) {
            questDb = startQuestDb();
            questDb.process().pause();
        }
    }

    private Contender startRecipe(Path root) throws IOException, InterruptedException {
        Path migrations = root.resolve("freshet-server/src/main/resources/dev/freshet/eventstore/migrations");
        Path data = Files.createDirectories(folder.path().resolve("recipe"));
        ServerProcess node = ServerProcess.start(
                List.of(
                        "node",
                        root.resolve("freshet-benchmarks/node/recipe.mjs").toString(),
                        data.toString(),
                        migrations.toString()),
                Map.of());
        URI waiting = URI.create(node.url() + "/waiting");
        return new Contender(
                node,
                "POST /v1/events HTTP/1.1\r\nContent-Type: application/json\r\n",
                RequestTemplate.Body.JSON,
                acknowledged -> Long.parseLong(http.get(waiting).body()),
                events);
    }

    private Contender startQuestDb() throws IOException, InterruptedException {
        Path data = Files.createDirectories(folder.path().resolve("questdb"));
        ServerProcess quest =
                ServerProcess.startJava(QuestDbServer.class, List.of("-Xmx768m"), List.of(data.toString()));
        return new Contender(
                quest,
                "POST /write HTTP/1.1\r\n",
                RequestTemplate.Body.LINES,
                acknowledged -> acknowledged - QuestDbServer.count(http, quest.url()),
                events);
    }

    void measure(Duration time, boolean isFirst) throws IOException, InterruptedException {
        Duration warmUp = isFirst ? FIRST_WARM_UP : WARM_UP;
        Load inBatches = new Load(BATCH, BATCH_CONNECTIONS, warmUp, time);
        Load inSingles = new Load(1, SINGLE_CONNECTIONS, warmUp, time);
        if (parties.contains(Party.ENGINE)) {
            engine.add(EngineLimit.measure(ENGINE_BATCHES, 1));
            engineByTwo.add(EngineLimit.measure(ENGINE_BATCHES, 2));
            System.err.printf(Locale.ROOT, "  engine %,.0f, by two %,.0f%n", engine.last(), engineByTwo.last());
        }
        FreshetUnderLoad server = freshet;
        if (server != null) {
            add(Party.FRESHET, batches, bytesAnEvent, server, inBatches);
            parts.add((double) server.eventParts());
            add(Party.FRESHET, singles, bytesASingle, server, inSingles);
            server.contender().process().pause();
        }
        Contender node = recipe;
        if (node != null) {
            add(Party.RECIPE, batches, node.measure(inBatches));
            add(Party.RECIPE, singles, node.measure(inSingles));
        }
        Contender quest = questDb;
        if (quest != null) {
            add(Party.QUESTDB, batches, quest.measure(inBatches));
        }
    }

    private static void add(Party party, Map<Party, Figures> figures, Series bytes, FreshetUnderLoad server, Load load)
            throws IOException, InterruptedException {
        double bytesBefore = server.allocatedBytes();
        long eventsBefore = server.contender().acknowledged();
        add(party, figures, server.contender().measure(load));
        bytes.add((server.allocatedBytes() - bytesBefore) / (server.contender().acknowledged() - eventsBefore));
    }

    private static void add(Party party, Map<Party, Figures> figures, Round round) {
        figures.computeIfAbsent(party, each -> new Figures()).add(round);
        System.err.printf(
                Locale.ROOT,
                "  %s acknowledged %,.0f/s, stored %,.0f/s, %.2f cores%n",
                party,
                round.acknowledgedASecond(),
                round.storedASecond(),
                round.cores());
    }

    /** Adds what the rounds gave. */
    void report(BenchmarkReport report) {
        if (!engine.isEmpty()) {
            report.add(
                    "engine alone, batches of 50,000",
                    "rows/s",
                    engine.median(),
                    "least",
                    engine.least(),
                    "most",
                    engine.most(),
                    "by two inserters",
                    engineByTwo.median());
        }
        batches.forEach((party, figures) -> report(report, "batches of 100, " + name(party), figures));
        singles.forEach((party, figures) -> report(report, "singles, " + name(party), figures));
        ratio(report, "batches against the engine", figures(batches, Party.FRESHET), engineMedian());
        ratio(report, "batches against the recipe", figures(batches, Party.FRESHET), median(batches, Party.RECIPE));
        ratio(report, "singles against the recipe", figures(singles, Party.FRESHET), median(singles, Party.RECIPE));
        if (!bytesAnEvent.isEmpty()) {
            report.add(
                    "allocation of the server",
                    "bytes/event in batches",
                    bytesAnEvent.median(),
                    "bytes/event in singles",
                    bytesASingle.median(),
                    "parts of events",
                    parts.most());
        }
    }

    private static String name(Party party) {
        return party.toString().toLowerCase(Locale.ROOT);
    }

    private static void report(BenchmarkReport report, String what, Figures figures) {
        report.add(
                what,
                "stored events/s",
                figures.stored.median(),
                "least",
                figures.stored.least(),
                "most",
                figures.stored.most(),
                "acknowledged/s",
                figures.acknowledged.median(),
                "cores",
                figures.cores.median());
    }

    private Optional<Double> engineMedian() {
        return engine.isEmpty() ? Optional.empty() : Optional.of(Math.max(engine.median(), engineByTwo.median()));
    }

    private static Optional<Figures> figures(Map<Party, Figures> of, Party party) {
        return Optional.ofNullable(of.get(party));
    }

    private static Optional<Double> median(Map<Party, Figures> of, Party party) {
        return figures(of, party).map(figures -> figures.stored.median());
    }

    private static void ratio(BenchmarkReport report, String what, Optional<Figures> ours, Optional<Double> baseline) {
        if (ours.isPresent() && baseline.isPresent()) {
            report.add(what, "ratio", ours.get().stored.median() / baseline.get());
        }
    }

    /**
     * The rest, of Freshet only: acknowledgement, what was kept, disk.
     *
     * @return whether everything was kept
     */
    boolean finish(BenchmarkReport report) throws IOException, InterruptedException {
        FreshetUnderLoad server = freshet;
        if (server == null) {
            return true;
        }
        server.reportAcknowledgement(report, false);
        server.reportAcknowledgement(report, true);
        boolean isKept = server.verify(report);
        server.reportDisk(report);
        return isKept;
    }

    @Override
    public void close() throws IOException {
        Closer closer = new Closer();
        closer.close(questDb);
        closer.close(recipe);
        closer.close(freshet);
        closer.close(http);
        closer.close(folder);
        closer.end();
    }

    /** Closes one after the other, also after a failure. */
    private static final class Closer {
        private final IOException failures = new IOException("a part of the benchmark could not be closed");

        void close(@Nullable AutoCloseable part) {
            if (part != null) {
                try {
                    part.close();
                } catch (Exception failure) {
                    failures.addSuppressed(failure);
                }
            }
        }

        void end() throws IOException {
            if (failures.getSuppressed().length > 0) {
                throw failures;
            }
        }
    }
}
