package dev.freshet.functions;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each client's mutations returned, as a table, so that the answer is found by the transaction of a repeat. A client
 * asks again only for what was not yet confirmed to it; entries are kept for a time and up to a number and a size all the
 * same. What a mutation of durable tables returned is kept on the disk with it, in the same commit, also where it wrote tables
 * in memory too; of one that wrote only those a restart forgets both. So it forgets the effect and the answer, or neither.
 */
final class RequestLedger {
    static final String TABLE = "_session_requests";

    private static final Logger LOG = LoggerFactory.getLogger(RequestLedger.class);
    private static final long KEEP_NS = Duration.ofHours(1).toNanos();
    private static final int MAX_ENTRIES = 200_000;
    private static final long MAX_BYTES = 128L << 20;
    /** Entries that one commit removes, so that none keeps the committer for long. */
    private static final int SWEEP_BATCH = 1_000;

    private static final int ENTRY_OVERHEAD = 400;
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(5);

    private final Database database;
    private final Clock clock;
    private final Timer timer;
    /** Guarded by itself; oldest first. Holds also what did not commit in the end, which is harmless. */
    private final Deque<Entry> recorded = new ArrayDeque<>();

    private long recordedBytes;

    private volatile boolean stopped;

    RequestLedger(Database database, Clock clock, Timer timer) {
        this.database = database;
        this.clock = clock;
        this.timer = timer;
    }

    /** Once: takes up what was kept from before. */
    void restore() {
        database.latest().forEachDocument(TABLE, (id, row) -> note(id, row.value("result")));
    }

    void start() {
        timer.schedule(SWEEP_INTERVAL, () -> {
            if (!stopped) {
                start();
                sweep();
            }
        });
    }

    void stop() {
        stopped = true;
    }

    /** Makes a mutation happen once for this request. */
    RunRecord of(RequestKey request) {
        return new RunRecord() {
            @Override
            public Optional<MutationOutcome> find(Transaction transaction) {
                return RequestLedger.this.find(transaction, request);
            }

            @Override
            public void write(Transaction transaction, ConvexValue result) {
                record(transaction, request, result);
            }
        };
    }

    /** What the request returned when it was committed, as part of what the transaction reads. */
    private Optional<MutationOutcome> find(Transaction transaction, RequestKey request) {
        return transaction
                .get(TABLE, request.documentId())
                .map(row -> new MutationOutcome.Committed(
                        row.value("result"),
                        transaction.writtenAtNs(TABLE, request.documentId()).orElseThrow()));
    }

    /** Writes what the request returned as part of the transaction. */
    private void record(Transaction transaction, RequestKey request, ConvexValue result) {
        transaction.putSystem(TABLE, request.documentId(), ConvexObject.of("result", result));
        note(request.documentId(), result);
    }

    private void note(String documentId, ConvexValue result) {
        long bytes = result.size() + ENTRY_OVERHEAD;
        synchronized (recorded) {
            recorded.addLast(new Entry(documentId, bytes, clock.monotonicNs()));
            recordedBytes += bytes;
        }
    }

    /** Removes what is too old or too much, commit by commit until nothing of it is left. */
    void sweep() {
        List<String> removable = takeRemovable();
        if (removable.isEmpty()) {
            return;
        }
        Transaction transaction = database.begin(database.latest(), () -> false);
        removable.forEach(documentId -> transaction.removeSystem(TABLE, documentId));
        var _ = database.commit(transaction, CommitHook.NONE).whenComplete((outcome, failure) -> {
            if (failure == null) {
                sweep();
            } else if (!stopped) {
                LOG.warn("old entries of the request ledger could not be removed", failure);
                putBack(removable);
            }
        });
    }

    private List<String> takeRemovable() {
        List<String> removable = new ArrayList<>();
        long oldestNs = clock.monotonicNs() - KEEP_NS;
        synchronized (recorded) {
            while (removable.size() < SWEEP_BATCH && !recorded.isEmpty()) {
                Entry oldest = recorded.getFirst();
                boolean expired = oldest.recordedNs - oldestNs < 0;
                if (!expired && recorded.size() <= MAX_ENTRIES && recordedBytes <= MAX_BYTES) {
                    break;
                }
                recorded.removeFirst();
                recordedBytes -= oldest.bytes;
                removable.add(oldest.documentId);
            }
        }
        return removable;
    }

    /** For the next sweep. */
    private void putBack(List<String> documentIds) {
        long longAgoNs = clock.monotonicNs() - 2 * KEEP_NS;
        synchronized (recorded) {
            documentIds.reversed().forEach(documentId -> {
                recorded.addFirst(new Entry(documentId, ENTRY_OVERHEAD, longAgoNs));
                recordedBytes += ENTRY_OVERHEAD;
            });
        }
    }

    private record Entry(String documentId, long bytes, long recordedNs) {}
}
