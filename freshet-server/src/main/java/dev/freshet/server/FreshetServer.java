package dev.freshet.server;

import dev.freshet.aggregate.EventFeed;
import dev.freshet.aggregate.LiveMetrics;
import dev.freshet.aggregate.LiveMetricsOptions;
import dev.freshet.arrivals.Arrivals;
import dev.freshet.arrivals.StoredArrivals;
import dev.freshet.auth.FirstStart;
import dev.freshet.auth.SignInResult;
import dev.freshet.auth.TrustedIssuers;
import dev.freshet.dashboards.ArrivalTables;
import dev.freshet.dashboards.FreshnessTable;
import dev.freshet.dashboards.LiveMetricTable;
import dev.freshet.dashboards.MemberAuthenticator;
import dev.freshet.dashboards.ProductFunctions;
import dev.freshet.dashboards.WriteKeyTable;
import dev.freshet.dialect.BrowserSessions;
import dev.freshet.dialect.DialectMetrics;
import dev.freshet.dialect.DialectParts;
import dev.freshet.dialect.MappingFile;
import dev.freshet.dialect.MappingFileException;
import dev.freshet.dialect.PostHogDecoder;
import dev.freshet.dialect.SegmentDecoder;
import dev.freshet.dialect.TeamMappings;
import dev.freshet.documents.DocumentStore;
import dev.freshet.duplicates.DuplicateIndex;
import dev.freshet.duplicates.DuplicatesOptions;
import dev.freshet.event.Canary;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventlog.LogFiles;
import dev.freshet.eventlog.LogRetention;
import dev.freshet.eventstore.CanaryRows;
import dev.freshet.eventstore.CutJournal;
import dev.freshet.eventstore.DrainWatch;
import dev.freshet.eventstore.EventSource;
import dev.freshet.eventstore.EventStoreWriter;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.RecentEventIds;
import dev.freshet.eventstore.WriterClock;
import dev.freshet.eventstore.WriterOptions;
import dev.freshet.functions.CommitLogFile;
import dev.freshet.functions.FunctionJars;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.http.FreshetHttp;
import dev.freshet.http.HealthPart;
import dev.freshet.http.HttpParts;
import dev.freshet.http.ServerVersion;
import dev.freshet.http.clickhouse.ClickHouseHttpInterface;
import dev.freshet.ingest.EventDecoder;
import dev.freshet.ingest.EventIds;
import dev.freshet.ingest.EventQuotas;
import dev.freshet.ingest.IngestLimits;
import dev.freshet.ingest.IngestMetrics;
import dev.freshet.ingest.IngestService;
import dev.freshet.ingest.QuotaGate;
import dev.freshet.profiles.ProfileWriter;
import dev.freshet.profiles.ProfiledPosition;
import dev.freshet.reactive.PageCursors;
import dev.freshet.reactive.TimestampCeiling;
import dev.freshet.runtime.Lifecycle;
import dev.freshet.runtime.Randomness;
import dev.freshet.sync.SyncLimits;
import dev.freshet.sync.SyncServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server: every part, put together here and nowhere else, started in this order and stopped in the reverse one. Data
 * flows down the page; nothing calls back up.
 */
public final class FreshetServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FreshetServer.class);

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(4);
    private static final Duration METRIC_LINGER = Duration.ofSeconds(30);
    /** Several times the longest pause between two attempts and two syncs. */
    private static final Duration DRAIN_STALL = Duration.ofSeconds(60);

    private static final Duration KEY_LOOK = Duration.ofMillis(500);

    private final Lifecycle lifecycle;
    private final InstantSource clock = InstantSource.system();
    private final ServerConfig config;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ServerMetrics metrics = new ServerMetrics(registry);

    private final Accounts accounts;
    private final Store store;
    private final EventLog eventLog;
    private final EventDecoder decoder;
    private final IngestService ingest;
    private final URI url;
    private final OptionalInt clickHousePort;

    /** @param lifecycle takes each part as it starts; the caller closes it when this throws */
    private FreshetServer(ServerConfig config, Lifecycle lifecycle) throws InterruptedException {
        this.config = config;
        this.lifecycle = lifecycle;
        TeamMappings mappings = mappings(config);
        Optional<ServerSocket> held = config.port() == 0
                ? Optional.of(lifecycle.add("held port", freePort(config.host())))
                : Optional.empty();
        int port = held.map(ServerSocket::getLocalPort).orElse(config.port());
        url = urlOf(config.host(), port);
        IssuerList.requireOthers(config.issuers(), url);
        Path data = DataFolder.prepare(config.dataFolder());

        // First, since its lock keeps other processes from the whole folder.
        eventLog = lifecycle.add("event log", EventLog.open(logOptions(config, data)));
        // The two engines take longest to open, so they do it side by side.
        CompletableFuture<Accounts> openingAccounts = CompletableFuture.supplyAsync(
                () -> Accounts.open(config, url, clock),
                task -> Thread.ofPlatform().name("open-documents").start(task));
        lifecycle.add("documents", () -> closeOnceOpen(openingAccounts));
        store = lifecycle.add("event store", Store.open(config, data.resolve("clickhouse")));
        accounts = opened(openingAccounts);

        // Event log to ClickHouse.
        LogRetention retention = new LogRetention(eventLog);
        CutJournal cuts = CutJournal.open(LogFiles.disk(), data.resolve("cuts"));
        ProfiledPosition profiled = lifecycle.add(
                "profiled position",
                ProfiledPosition.open(LogFiles.disk(), data.resolve("profiled"), eventLog, System::nanoTime));
        LogRetention.Frontier storedFrontier = retention.add("stored", cuts.stored());
        LogRetention.Frontier profiledFrontier = retention.add("profiled", profiled.position());
        LogRetention.Frontier rebuildableFrontier = retention.add("rebuildable", 0);
        EventStoreWriter writer = new EventStoreWriter(
                store.events(),
                EventSource.of(eventLog),
                cuts,
                data.resolve("refused-events.ndjson"),
                WriterOptions.of(
                        config.flush().interval(),
                        config.flush().events(),
                        config.flush().pace()),
                WriterClock.system(),
                storedFrontier::advanceTo);
        lifecycle.add("event store writer", () -> writer.stop(DRAIN_LIMIT));
        StoredEventLookup lookup = new StoredEventLookup(store.events());
        long nowMs = clock.millis();
        RecentEventIds recentIds = new RecentEventIds(store.events());
        DuplicateIndex duplicates = lifecycle.add(
                "duplicates",
                DuplicatesAtStart.open(
                        DuplicatesOptions.in(data.resolve("duplicates")),
                        ids -> recentIds.forEachSince(
                                Instant.ofEpochMilli(nowMs).minus(DuplicatesOptions.WINDOW), ids),
                        eventLog,
                        writer.storedPosition(),
                        nowMs,
                        rebuildableFrontier));
        writer.start();

        // Event log to MongoDB: what requests say about people.
        ProfileWriter profiles = lifecycle.add(
                "profile writer",
                new ProfileWriter(eventLog, accounts.profiles(), store.events(), profiled, profiledFrontier));
        profiles.start();

        // Event log to live metrics to the reactive tier.
        LiveMetricTable liveTable = new LiveMetricTable();
        LiveMetrics live = new LiveMetrics(
                EventFeed.of(eventLog),
                new MetricReader(store.events()),
                writer,
                clock,
                LiveMetricsOptions.defaults(),
                liveTable);
        WriteKeyTable keyTable = new WriteKeyTable(accounts.writeKeys());
        ArrivalTables arrivalTables = new ArrivalTables();
        Arrivals arrivals = new Arrivals(eventLog, writer::status, new StoredArrivals(store.events()), arrivalTables);
        FreshnessTable freshness = new FreshnessTable(live::aggregatedToMs, () -> storedToMs(writer));
        ReactiveRuntime reactive =
                lifecycle.add("reactive tier", reactive(data, liveTable, freshness, arrivalTables, keyTable));
        liveTable.connect(live, reactive.demandTable(LiveMetricTable.NAME));
        freshness.connect(reactive.demandTable(FreshnessTable.NAME));
        keyTable.connect(reactive.demandTable(WriteKeyTable.NAME));
        arrivalTables.connect(
                arrivals, reactive.demandTable(ArrivalTables.EVENTS), reactive.demandTable(ArrivalTables.LETTERS));
        lifecycle.add("live metrics", live).start();
        lifecycle.add("arrivals", arrivals).start();
        ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("freshness").daemon().factory());
        lifecycle.add("freshness", ticks::shutdownNow);
        var _ = ticks.scheduleAtFixedRate(freshness::tick, 1, 1, TimeUnit.SECONDS);
        if (accounts.isShared()) {
            followWriteKeys();
        }

        // HTTP to the event log.
        Duration eventRetention = Duration.ofDays(config.retentionDays());
        EventIds eventIds = new EventIds();
        decoder = new EventDecoder(eventRetention, eventIds);
        DialectMetrics dialectMetrics = new DialectMetrics();
        DialectParts dialects = new DialectParts(
                accounts.writeKeys()::resolve,
                eventRetention,
                mappings,
                new BrowserSessions(),
                eventIds,
                dialectMetrics);
        IngestLimits limits =
                IngestLimits.DEFAULT.withBytesInFlight(config.limits().inFlightBytes());
        ingest = lifecycle.add(
                "ingest", new IngestService(eventLog.writer(), duplicates, clock, limits, new IngestMetrics()).start());

        DrainWatch drain = new DrainWatch(writer::status, eventLog::durablePosition, DRAIN_STALL, System::nanoTime);
        CanaryFlight canary = new CanaryFlight(
                events -> ingest.submit(Canary.TEAM, events),
                instance -> CanaryRows.lastSentAtMs(store.events(), instance),
                clock);
        watch(drain, canary);

        metrics.addProcess();
        metrics.addAccounts(accounts);
        metrics.addLog(eventLog, writer::storedPosition);
        metrics.addWriter(writer);
        metrics.addWatch(drain, canary);
        metrics.addProfiles(profiles);
        metrics.addLive(live);
        metrics.addIngest(ingest, limits);
        metrics.addDuplicates(duplicates);
        metrics.addDialects(dialectMetrics);

        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        lifecycle.add(
                "event loops",
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        TrustedIssuers issuers = lifecycle.add("issuers", new TrustedIssuers(config.issuers(), clock));
        MemberAuthenticator authenticator =
                new MemberAuthenticator(accounts.verifier(), accounts.memberships(), issuers, accounts.adminKey());
        SyncServer sync = new SyncServer(reactive, authenticator, SyncLimits.standard());
        FreshetHttp http = new FreshetHttp(
                vertx,
                new HttpParts(
                        clock,
                        decoder,
                        new QuotaGate(ingest, new EventQuotas(config.keyQuota(), System::nanoTime)),
                        new SegmentDecoder(dialects),
                        new PostHogDecoder(dialects),
                        accounts.writeKeys(),
                        accounts.adminKey(),
                        accounts.firstTeam(),
                        accounts::isTeam,
                        lookup::among,
                        accounts.signIn(),
                        accounts.signingKeys(),
                        accounts.tokenSettings(),
                        sync,
                        config.syncCompression(),
                        authenticator,
                        health(writer, duplicates, drain, canary, profiles, live),
                        registry,
                        new ServerVersion(
                                version(), store.version(), Runtime.version().toString())));
        lifecycle.add("HTTP", http);
        metrics.gauge("freshet_http_body_bytes", "bodies of requests not answered yet", http, FreshetHttp::bodyBytes);
        metrics.gauge("freshet_http_body_limit_bytes", "their limit", http, FreshetHttp::bodyLimitBytes);
        metrics.gauge("freshet_sync_sockets", "open sync sockets", http, FreshetHttp::openSockets);
        held.ifPresent(FreshetServer::release);
        http.listen(config.host(), port);
        clickHousePort = listenForClickHouse(vertx);
        lifecycle.add("announcement", DataFolder.announce(data, url));
    }

    /**
     * Starts a server; when this returns it answers.
     *
     * @throws RuntimeException whose message names what is wrong and the mend; what had started is stopped again
     */
    public static FreshetServer start(ServerConfig config) throws InterruptedException {
        long beganNs = System.nanoTime();
        FreshetServer server = started(config);
        log.info(
                "started [url={}, tookMs={}, clickhouse={}]",
                server.url,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs),
                server.store.version());
        return server;
    }

    private static FreshetServer started(ServerConfig config) throws InterruptedException {
        Lifecycle lifecycle = new Lifecycle();
        try {
            return new FreshetServer(config, lifecycle);
        } catch (RuntimeException | InterruptedException failure) {
            try {
                lifecycle.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static Accounts opened(CompletableFuture<Accounts> opening) {
        try {
            return opening.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void closeOnceOpen(CompletableFuture<Accounts> opening) {
        var _ = opening.handle((accounts, failure) -> {
                    if (accounts != null) {
                        accounts.close();
                    }
                    return true;
                })
                .join();
    }

    private static URI urlOf(String host, int port) {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    /** Two threads, since the canary asks ClickHouse and the watch must not wait for that. */
    private void watch(DrainWatch drain, CanaryFlight canary) {
        ScheduledExecutorService looks = Executors.newScheduledThreadPool(
                2, Thread.ofPlatform().name("watch-", 1).daemon().factory());
        lifecycle.add("watch", looks::shutdownNow);
        var _ = looks.scheduleAtFixedRate(drain::look, 1, 1, TimeUnit.SECONDS);
        var _ = looks.scheduleWithFixedDelay(canary::beat, 0, CanaryFlight.INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Keys that another process or client changes in MongoDB take effect within a second. */
    private void followWriteKeys() {
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("write-keys").daemon().factory());
        lifecycle.add("write keys", looks::shutdownNow);
        KeyFollower follower = new KeyFollower(accounts.writeKeys());
        var _ = looks.scheduleWithFixedDelay(
                follower::look, KEY_LOOK.toMillis(), KEY_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private ReactiveRuntime reactive(
            Path data, LiveMetricTable live, FreshnessTable freshness, ArrivalTables arrivals, WriteKeyTable keys) {
        ReactiveRuntime.Builder builder = ReactiveRuntime.builder()
                .timestampCeiling(TimestampCeiling.inFile(data.resolve("commit-timestamp")))
                .commitStore(lifecycle.add("commits", CommitLogFile.open(data.resolve("commits"))))
                .pageCursors(PageCursors.withKeyIn(data.resolve("cursor-key"), Randomness.secure()))
                .demandTable(LiveMetricTable.NAME, METRIC_LINGER, live)
                .demandTable(FreshnessTable.NAME, METRIC_LINGER, freshness)
                .demandTable(WriteKeyTable.NAME, METRIC_LINGER, keys)
                .demandTable(ArrivalTables.EVENTS, METRIC_LINGER, arrivals.eventProvider())
                .demandTable(ArrivalTables.LETTERS, METRIC_LINGER, arrivals.letterProvider());
        ProductFunctions.modules().forEach(builder::module);
        builder.module(ProductFunctions.writeKeys(accounts.writeKeys()));
        config.functions().ifPresent(folder -> functionJars(folder).modules().forEach(builder::module));
        try {
            return builder.start();
        } catch (IllegalArgumentException clash) {
            if (config.functions().isEmpty()) {
                throw clash;
            }
            throw new ConfigException(
                    "%s does not fit: %s".formatted(Setting.FUNCTIONS.variable(), clash.getMessage()), clash);
        }
    }

    private FunctionJars functionJars(Path folder) {
        try {
            return lifecycle.add("function jars", FunctionJars.open(folder));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(Setting.FUNCTIONS.variable() + ": " + e.getMessage(), e);
        }
    }

    private OptionalInt listenForClickHouse(Vertx vertx) {
        if (config.clickHousePort().isEmpty()) {
            return OptionalInt.empty();
        }
        ClickHouseHttpInterface clickHouse = lifecycle.add(
                "ClickHouse interface",
                new ClickHouseHttpInterface(
                        vertx, store.engine(), store.database(), accounts.adminKey()::matches, false));
        return OptionalInt.of(
                clickHouse.listen(config.host(), config.clickHousePort().getAsInt()));
    }

    /** Small segments where the log is small, since only whole ones are freed. */
    private static EventLogOptions logOptions(ServerConfig config, Path data) {
        EventLogOptions options = EventLogOptions.in(data.resolve("log"));
        long limitBytes = config.limits().logBytes();
        return options.withOnDamage(config.logDamage())
                .withLimitBytes(limitBytes)
                .withReserveBytes(config.limits().diskReserveBytes())
                .withSegmentBytes(Math.min(options.segmentBytes(), limitBytes / 8));
    }

    private static TeamMappings mappings(ServerConfig config) {
        try {
            return config.mapping().map(MappingFile::read).orElse(TeamMappings.EMPTY);
        } catch (MappingFileException e) {
            throw new ConfigException(Setting.MAPPING.variable() + ": " + e.getMessage(), e);
        }
    }

    /** Held until it is listened on: meanwhile the system could give a free one to a connection of this very process. */
    private static ServerSocket freePort(String host) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(host, 0));
            return socket;
        } catch (IOException e) {
            throw new ConfigException("FRESHET_HOST %s cannot be listened on: %s".formatted(host, e.getMessage()), e);
        }
    }

    private static void release(ServerSocket held) {
        try {
            held.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Up to when ClickHouse is complete: now, less how long the oldest event has waited for it. */
    private long storedToMs(EventStoreWriter writer) {
        return clock.millis() - writer.status().oldestWaiting().toMillis();
    }

    private List<HealthPart> health(
            EventStoreWriter writer,
            DuplicateIndex duplicates,
            DrainWatch drain,
            CanaryFlight canary,
            ProfileWriter profiles,
            LiveMetrics live) {
        return List.of(
                new HealthPart(
                        "event_log",
                        () -> eventLog.failure()
                                .map(failure -> HealthPart.State.notReady(String.valueOf(failure.getMessage())))
                                .orElseGet(() -> HealthPart.State.ready(eventLog.sizeBytes() + " bytes"))),
                new HealthPart(
                        "ingest",
                        () -> ingest.isRunning()
                                ? HealthPart.State.ready(ingest.requestsInFlight() + " requests under way")
                                : HealthPart.State.notReady("stopped")),
                new HealthPart(
                        "duplicates",
                        () -> duplicates
                                .failure()
                                .map(HealthPart.State::notReady)
                                .orElseGet(() -> HealthPart.State.ready(duplicates.size() + " ids"))),
                new HealthPart("event_store", () -> {
                    var status = writer.status();
                    return status.failure()
                            .map(HealthPart.State::notReady)
                            .orElseGet(() -> HealthPart.State.ready(status.backlogEvents() + " events behind"));
                }),
                new HealthPart(
                        "drain",
                        () -> drain.isStalled()
                                ? HealthPart.State.notReady(
                                        "nothing stored for " + drain.unmoved().toSeconds() + " s though rows wait")
                                : HealthPart.State.ready("moving")),
                new HealthPart("canary", canary::health),
                new HealthPart("documents", accounts::health),
                new HealthPart(
                        "profiles",
                        () -> profiles.failure()
                                .map(HealthPart.State::notReady)
                                .orElseGet(
                                        () -> HealthPart.State.ready("up to position " + profiles.profiledPosition()))),
                new HealthPart(
                        "live_metrics",
                        () -> live.aggregatedPosition() >= 0
                                ? HealthPart.State.ready("up to position " + live.aggregatedPosition())
                                : HealthPart.State.notReady("not caught up yet")));
    }

    private static String version() {
        return Optional.ofNullable(FreshetServer.class.getPackage().getImplementationVersion())
                .orElse("0.1.0-SNAPSHOT");
    }

    /** Where it listens, without a trailing slash. */
    public URI url() {
        return url;
    }

    /** The port of ClickHouse's interface, where it is on. */
    public OptionalInt clickHousePort() {
        return clickHousePort;
    }

    /** What the first start made, with the keys that must be printed now. */
    public FirstStart.Outcome firstStart() {
        return accounts.outcome();
    }

    /** For tests that change documents as another client does. */
    DocumentStore documents() {
        return accounts.documents();
    }

    public boolean isTeam(String teamId) {
        return accounts.isTeam(teamId);
    }

    /** Signs in as over HTTP, for a command that runs in this process. */
    public SignInResult signIn(String email, String password) {
        return accounts.signIn().login(email, password, config.host());
    }

    /** Brings events in without HTTP, for a command that runs in this process. */
    public DirectIngest directIngest(String teamId) {
        return new DirectIngest(decoder, ingest, new StoredEventLookup(store.events()), clock, teamId);
    }

    /** Stops taking requests, answers what was taken, brings ClickHouse up to date for some seconds, closes. */
    @Override
    public void close() {
        lifecycle.close();
    }
}
