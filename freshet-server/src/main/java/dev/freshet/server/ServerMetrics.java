package dev.freshet.server;

import dev.freshet.aggregate.LiveMetrics;
import dev.freshet.dialect.Dialect;
import dev.freshet.dialect.DialectMetrics;
import dev.freshet.duplicates.DuplicateIndex;
import dev.freshet.event.RejectCode;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventstore.DrainWatch;
import dev.freshet.eventstore.EventStoreWriter;
import dev.freshet.eventstore.WriterStatus;
import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.IngestLimits;
import dev.freshet.ingest.IngestMetrics;
import dev.freshet.ingest.IngestService;
import dev.freshet.profiles.ProfileWriter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** Names what the parts count for Prometheus. The parts know nothing of it: it reads them when it is asked. */
final class ServerMetrics {
    private final MeterRegistry registry;

    ServerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Heap, threads, collections and processor time of the process. */
    void addProcess() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        @SuppressWarnings("resource") // lives as long as the process
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(registry);
        if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
            counter(
                    "freshet_process_allocated_bytes",
                    "bytes that threads have taken from the heap",
                    threads,
                    com.sun.management.ThreadMXBean::getTotalThreadAllocatedBytes);
        }
    }

    void addIngest(IngestService ingest, IngestLimits limits) {
        IngestMetrics counts = ingest.metrics();
        counter("freshet_ingest_accepted", "events made durable and acknowledged", counts, IngestMetrics::accepted);
        counter("freshet_ingest_duplicates", "events answered as repeats", counts, IngestMetrics::duplicates);
        counter("freshet_ingest_bytes", "bytes of rows made durable", counts, IngestMetrics::takenBytes);
        counter("freshet_ingest_syncs", "syncs of the event log", counts, IngestMetrics::syncs);
        counter("freshet_ingest_sync_seconds", "time in syncs", counts, of -> of.syncNs() / 1e9);
        for (RejectCode code : RejectCode.values()) {
            tagged("freshet_ingest_rejected", "events refused", code.wireName(), counts, of -> of.rejected(code));
        }
        for (IngestException.Code code : IngestException.Code.values()) {
            String name = code.name().toLowerCase(Locale.ROOT);
            tagged("freshet_ingest_refused", "requests refused as a whole", name, counts, of -> of.refused(code));
        }
        gauge("freshet_ingest_bytes_in_flight", "bytes on their way to the disk", ingest, IngestService::bytesInFlight);
        gauge(
                "freshet_ingest_bytes_in_flight_limit",
                "past it requests are refused with 429",
                limits,
                IngestLimits::bytesInFlight);
    }

    void addAccounts(Accounts accounts) {
        gauge(
                "freshet_teams_unreadable",
                "teams whose document cannot be read, must stay 0",
                accounts,
                of -> of.writeKeys().unreadableTeams());
        gauge(
                "freshet_members_stale",
                "1 while rights are those last known, since MongoDB is away or its changes are not heard of",
                accounts.memberships(),
                of -> of.isStale() ? 1 : 0);
    }

    void addDuplicates(DuplicateIndex index) {
        gauge("freshet_duplicates_ids", "event ids remembered", index, DuplicateIndex::size);
        gauge("freshet_duplicates_bytes", "memory of remembered ids", index, DuplicateIndex::memoryBytes);
        gauge("freshet_duplicates_disk_bytes", "disk of remembered ids", index, DuplicateIndex::diskBytes);
        gauge("freshet_duplicates_runs", "files of remembered ids", index, DuplicateIndex::runCount);
        counter("freshet_duplicates_disk_lookups", "ids looked up in files", index, DuplicateIndex::diskLookups);
        counter("freshet_duplicates_disk_reads", "pages read for that", index, DuplicateIndex::diskReads);
        gauge(
                "freshet_duplicates_failing",
                "1 while event ids do not come onto the disk, must stay 0",
                index,
                of -> of.failure().isPresent() ? 1 : 0);
    }

    void addDialects(DialectMetrics counts) {
        for (Dialect dialect : Dialect.values()) {
            byDialect("freshet_sdk_messages", "messages of SDKs", dialect, counts, of -> of.messages(dialect));
            byDialect("freshet_sdk_dropped", "messages mapped to nothing", dialect, counts, of -> of.dropped(dialect));
        }
    }

    private void byDialect(
            String name,
            String description,
            Dialect dialect,
            DialectMetrics counts,
            ToDoubleFunction<DialectMetrics> value) {
        FunctionCounter.builder(name, counts, value)
                .tag("dialect", dialect.wireName())
                .description(description)
                .register(registry);
    }

    void addLog(EventLog log, LongSupplier storedPosition) {
        gauge("freshet_log_bytes", "size of the event log", log, EventLog::sizeBytes);
        gauge("freshet_log_limit_bytes", "past it events are refused with 503", log, EventLog::limitBytes);
        gauge(
                "freshet_log_unstored_bytes",
                "segments of the event log that hold what ClickHouse has not synced",
                log,
                of -> of.bytesPast(storedPosition.getAsLong()));
        gauge("freshet_log_disk_free_bytes", "free on the disk of the event log", log, EventLog::usableBytes);
        gauge(
                "freshet_log_disk_reserve_bytes",
                "with less than this free, events are refused with 503",
                log,
                EventLog::reserveBytes);
        gauge("freshet_log_durable_position", "the last synced event", log, EventLog::durablePosition);
    }

    void addWriter(EventStoreWriter writer) {
        status(
                "freshet_store_inserted_position",
                "the last event that ClickHouse answered for",
                writer,
                WriterStatus::inserted);
        status(
                "freshet_store_stored_position",
                "the last event that ClickHouse has synced",
                writer,
                WriterStatus::stored);
        status("freshet_store_backlog_events", "events that wait for ClickHouse", writer, WriterStatus::backlogEvents);
        status(
                "freshet_store_backlog_age_seconds",
                "how long the oldest of them waits",
                writer,
                status -> status.oldestWaiting().toMillis() / 1e3);
        statusCounter("freshet_store_inserts", "inserts", writer, WriterStatus::inserts);
        statusCounter(
                "freshet_store_failed_attempts",
                "attempts that had to be repeated",
                writer,
                WriterStatus::failedAttempts);
        statusCounter(
                "freshet_store_refused_events", "rows set aside, must stay 0", writer, WriterStatus::refusedEvents);
    }

    void addWatch(DrainWatch drain, CanaryFlight canary) {
        gauge(
                "freshet_store_unmoved_seconds",
                "how long nothing was stored though rows waited",
                drain,
                of -> of.unmoved().toMillis() / 1e3);
        gauge("freshet_store_stalled", "1 while that is too long, must stay 0", drain, of -> of.isStalled() ? 1 : 0);
        gauge(
                "freshet_canary_age_seconds",
                "age of the last row that came the whole way",
                canary,
                of -> of.age().toMillis() / 1e3);
    }

    void addProfiles(ProfileWriter profiles) {
        gauge(
                "freshet_profiled_position",
                "changes of profiles are in MongoDB up to here",
                profiles,
                ProfileWriter::profiledPosition);
        counter("freshet_profile_changes", "changes of profiles applied", profiles, ProfileWriter::appliedChanges);
        counter(
                "freshet_profile_refused_changes",
                "changes and copies of profiles left out for their content or size",
                profiles,
                ProfileWriter::refusedChanges);
    }

    void addLive(LiveMetrics live) {
        gauge(
                "freshet_live_metrics",
                "distinct live metrics",
                live,
                of -> of.counters().metricCount());
        gauge("freshet_live_position", "the last event in live values", live, LiveMetrics::aggregatedPosition);
        counter(
                "freshet_live_events",
                "events applied",
                live,
                of -> of.counters().eventCount());
        counter(
                "freshet_live_publications",
                "rounds of results published",
                live,
                of -> of.counters().publicationCount());
        counter(
                "freshet_live_failed_starts",
                "starts that failed",
                live,
                of -> of.counters().failedStartCount());
        counter(
                "freshet_live_refusals",
                "metrics refused for their size",
                live,
                of -> of.counters().refusalCount());
    }

    <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private <T> void counter(String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }

    private <T> void tagged(String name, String description, String code, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value)
                .tag("code", code)
                .description(description)
                .register(registry);
    }

    private void status(
            String name, String description, EventStoreWriter writer, Function<WriterStatus, ? extends Number> value) {
        gauge(name, description, writer, of -> value.apply(of.status()).doubleValue());
    }

    private void statusCounter(
            String name, String description, EventStoreWriter writer, Function<WriterStatus, ? extends Number> value) {
        counter(name, description, writer, of -> value.apply(of.status()).doubleValue());
    }
}
