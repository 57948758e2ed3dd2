package dev.freshet.eventstore;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves {@code stored}: to the position that was inserted when a sync began, once that sync has ended. An insert that returned
 * is in the engine's files but not on the disk, so only then may the log forget. Confined to the writer's thread, but for
 * the sync itself and {@link #stored}.
 */
final class StoredFrontier {
    private static final Logger log = LoggerFactory.getLogger(StoredFrontier.class);

    /** A sync under way and what it will have made safe. */
    private record Sync(CompletableFuture<Void> done, long position, long inserts) {}

    private final EventStore store;
    private final CutJournal journal;
    private final Executor executor;
    private final WriterOptions options;
    private final LongConsumer whenStored;
    private @Nullable Sync running;
    private long inserted;
    private long inserts;
    private long syncedInserts;
    private long lastBeginNs;
    private boolean hasBegun;
    private volatile long stored;

    StoredFrontier(
            EventStore store, CutJournal journal, Executor executor, WriterOptions options, LongConsumer whenStored) {
        this.store = store;
        this.journal = journal;
        this.executor = executor;
        this.options = options;
        this.whenStored = whenStored;
        stored = journal.stored();
        inserted = stored;
    }

    long stored() {
        return stored;
    }

    /** Everything up to there is inserted, by so many more inserts. */
    void inserted(long position, int moreInserts) {
        inserted = position;
        inserts += moreInserts;
    }

    /** Takes note of a sync that ended and begins the next when one is due. */
    void advance(long nowNs) {
        Sync sync = running;
        if (sync != null && sync.done().isDone()) {
            running = null;
            if (!sync.done().isCompletedExceptionally()) {
                complete(sync);
            } else {
                log.warn(
                        "the event store could not be synced, will try again",
                        sync.done().exceptionNow());
            }
        }
        boolean isDue =
                !hasBegun || nowNs - lastBeginNs >= options.syncInterval().toNanos();
        if (running == null && inserted > stored && isDue) {
            begin(nowNs);
        }
    }

    /** Waits until the tables surely remember the tokens of all inserts that are not synced and of so many more. */
    void awaitRoom(int moreInserts, long nowNs) {
        while (inserts - syncedInserts + moreInserts > WriterOptions.MOST_UNSYNCED_INSERTS && inserted > stored) {
            Sync sync = running == null ? begin(nowNs) : running;
            running = null;
            try {
                sync.done().join();
            } catch (CompletionException failure) {
                throw failed(failure);
            }
            complete(sync);
        }
    }

    /** Syncs what is inserted, if that is possible within the limit. */
    void finish(Duration limit, long nowNs) throws InterruptedException {
        if (inserted == stored) {
            return;
        }
        running = null;
        Sync sync = begin(nowNs);
        try {
            sync.done().get(Math.max(limit.toNanos(), 0), TimeUnit.NANOSECONDS);
            running = null;
            complete(sync);
        } catch (ExecutionException | TimeoutException failure) {
            log.info("stopped before the last sync; the next start repeats it [stored={}]", stored, failure);
        }
    }

    private Sync begin(long nowNs) {
        lastBeginNs = nowNs;
        hasBegun = true;
        Sync sync = new Sync(CompletableFuture.runAsync(store::sync, executor), inserted, inserts);
        running = sync;
        return sync;
    }

    private void complete(Sync sync) {
        syncedInserts = sync.inserts();
        if (sync.position() > stored) {
            journal.recordStored(sync.position());
            stored = sync.position();
            announce();
        }
    }

    /** Tells the log's owner, who trims to the least of all frontiers. */
    void announce() {
        try {
            whenStored.accept(stored);
        } catch (RuntimeException failure) {
            // Trimming later is as good; the log grows meanwhile, which its own metrics show.
            log.warn("the event log could not be trimmed [stored={}]", stored, failure);
        }
    }

    private static EventStoreException failed(CompletionException failure) {
        return failure.getCause() instanceof EventStoreException cause
                ? cause
                : new EventStoreException(
                        0, EventStoreException.SYNC_FAILED, "The event store could not be synced.", failure);
    }
}
