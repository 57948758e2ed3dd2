package dev.freshet.server;

import dev.freshet.duplicates.DuplicateIndex;
import dev.freshet.duplicates.DuplicatesOptions;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventlog.LogRetention;
import dev.freshet.eventlog.MemoryLogFiles;
import dev.freshet.eventstore.CutJournal;
import dev.freshet.eventstore.EventSource;
import dev.freshet.eventstore.EventStoreWriter;
import dev.freshet.eventstore.RecentEventIds;
import dev.freshet.eventstore.WriterClock;
import dev.freshet.eventstore.WriterOptions;
import dev.freshet.ingest.IngestLimits;
import dev.freshet.ingest.IngestMetrics;
import dev.freshet.ingest.IngestService;
import dev.freshet.runtime.Lifecycle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;

/**
 * The parts of a server between a decoded request and ClickHouse, put together as the server does, small enough to roll
 * segments, flush the index and trim the log within some hundred events.
 */
final class EventPath implements AutoCloseable {
    private static final int SEGMENT_BYTES = 4 * 1024;
    private static final int TABLE_SLOTS = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Cuts at once whatever waits, of one day or two, and syncs after each. */
    private static final WriterOptions EAGER = new WriterOptions(
            Duration.ZERO,
            1,
            Duration.ZERO,
            20_000,
            8 * 1024 * 1024,
            Duration.ZERO,
            20_000,
            8 * 1024 * 1024,
            40,
            2,
            Duration.ZERO,
            Duration.ofMillis(1),
            Duration.ofMillis(20));

    private final Lifecycle lifecycle;
    private final MemoryLogFiles files;
    private final EventLog log;
    private final EventStoreWriter writer;
    private final IngestService ingest;

    private EventPath(Lifecycle lifecycle, MemoryLogFiles files, MortalStore store, Path folder)
            throws InterruptedException {
        this.lifecycle = lifecycle;
        this.files = files;
        log = lifecycle.add(
                "event log",
                EventLog.open(EventLogOptions.in(Path.of("/data/log"))
                        .withFiles(files)
                        .withSegmentBytes(SEGMENT_BYTES)
                        .withReserveBytes(0)));
        LogRetention retention = new LogRetention(log);
        CutJournal cuts = CutJournal.open(files, Path.of("/data/cuts"));
        LogRetention.Frontier stored = retention.add("stored", cuts.stored());
        LogRetention.Frontier rebuildable = retention.add("rebuildable", 0);
        writer = new EventStoreWriter(
                store,
                EventSource.of(log),
                cuts,
                folder.resolve("refused.ndjson"),
                EAGER,
                WriterClock.system(),
                stored::advanceTo);
        lifecycle.add("event store writer", () -> writer.stop(Duration.ZERO));
        long nowMs = System.currentTimeMillis();
        RecentEventIds recent = new RecentEventIds(store);
        DuplicateIndex index = lifecycle.add(
                "duplicates",
                DuplicatesAtStart.open(
                        DuplicatesOptions.in(Path.of("/data/duplicates"))
                                .withFiles(files)
                                .withTableSlots(TABLE_SLOTS),
                        ids -> recent.forEachSince(Instant.ofEpochMilli(nowMs).minus(DuplicatesOptions.WINDOW), ids),
                        log,
                        writer.storedPosition(),
                        nowMs,
                        rebuildable));
        writer.start();
        ingest = lifecycle.add(
                "ingest",
                new IngestService(
                                log.writer(), index, InstantSource.system(), IngestLimits.DEFAULT, new IngestMetrics())
                        .start());
    }

    static EventPath open(MemoryLogFiles files, MortalStore store, Path folder) throws InterruptedException {
        Lifecycle lifecycle = new Lifecycle();
        try {
            return new EventPath(lifecycle, files, store, folder);
        } catch (RuntimeException failure) {
            try {
                lifecycle.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    IngestService ingest() {
        return ingest;
    }

    /** @return false when the process dies before all that was acknowledged is stored */
    boolean awaitAllStored() {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!files.hasFailed()) {
            if (writer.storedPosition() >= log.durablePosition()) {
                return true;
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("still not stored, the writer says " + writer.status());
            }
            LockSupport.parkNanos(500_000);
        }
        return false;
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
