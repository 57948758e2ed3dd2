package dev.freshet.functions;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.CommitOutcome;
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
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each client's mutations returned, as a table, so that the answer is found by the transaction of a repeat. Answers are
 * kept for a time and up to a number and a size; of those that have to go before their time {@link ForgottenRequests} keeps
 * one mark a session, so that a repeat is refused and never run a second time. What a mutation of durable tables returned is
 * kept on the disk with it, in the same commit, also where it wrote tables in memory too; of one that wrote only those a
 * restart forgets both. So it forgets the effect and the answer, or neither.
 */
final class RequestLedger {
    static final String TABLE = "_session_requests";

    private static final Logger LOG = LoggerFactory.getLogger(RequestLedger.class);
    /** Entries that one commit removes, so that none keeps the committer for long. */
    private static final int SWEEP_BATCH = 1_000;

    private static final int ENTRY_OVERHEAD = 400;
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(5);

    private final Database database;
    private final Clock clock;
    private final Timer timer;
    private final Bounds bounds;
    private final ForgottenRequests forgotten;
    /** Guarded by itself; oldest first. Holds also what did not commit in the end, which is harmless. */
    private final Deque<Entry> recorded = new ArrayDeque<>();

    private long recordedBytes;

    private volatile boolean stopped;

    RequestLedger(Database database, Clock clock, Timer timer, Bounds bounds) {
        this.database = database;
        this.clock = clock;
        this.timer = timer;
        this.bounds = bounds;
        this.forgotten = new ForgottenRequests(clock, bounds);
    }

    /**
     * How much is kept.
     *
     * @param keep how long, answers and marks
     * @param answers how many answers
     * @param answerBytes and of what size in all
     * @param sessions of how many sessions it is known that answers had to go
     */
    record Bounds(Duration keep, int answers, long answerBytes, int sessions) {
        /** As long as Convex does, and as much as takes 200 MiB at most. */
        static Bounds standard() {
            return new Bounds(Duration.ofDays(14), 200_000, 128L << 20, 100_000);
        }
    }

    static void addTables(Database.Builder database) {
        database.systemTableBesideDurable(TABLE);
        ForgottenRequests.addTables(database);
    }

    /** Once: takes up what was kept from before. */
    void restore() {
        database.latest()
                .forEachByAge(
                        TABLE,
                        (id, row, writtenAtNs) -> note(RequestKey.of(id), row.value("result"), writtenAtNs, true));
        forgotten.restore(database.latest());
    }

    void start() {
        timer.schedule(SWEEP_INTERVAL, () -> {
            if (!stopped) {
                start();
                var _ = sweep();
            }
        });
    }

    void stop() {
        stopped = true;
    }

    /** Makes a mutation happen once for this request of this sender. */
    RunRecord of(RequestKey request, RequestSender sender) {
        return new RunRecord() {
            @Override
            public Optional<MutationOutcome> find(Transaction transaction) {
                return RequestLedger.this.find(transaction, request, sender);
            }

            @Override
            public void write(Transaction transaction, ConvexValue result) {
                record(transaction, request, sender, result);
            }
        };
    }

    /** How the request ended if it is committed by now, whatever its function would say today. */
    Optional<MutationOutcome> find(RequestKey request, RequestSender sender) {
        return find(database.beginOwn(database.latest()), request, sender);
    }

    /** What the request returned when it was committed, as part of what the transaction reads. */
    private Optional<MutationOutcome> find(Transaction transaction, RequestKey request, RequestSender sender) {
        return transaction
                .getSystem(TABLE, request.documentId())
                .<MutationOutcome>map(row -> sender.mayHearOf(RequestSender.read(row))
                        ? new MutationOutcome.Committed(
                                row.value("result"),
                                transaction
                                        .writtenAtNs(TABLE, request.documentId())
                                        .orElseThrow())
                        : new MutationOutcome.Failed(FunctionErrors.sentBySomebodyElse()))
                .or(() -> ForgottenRequests.find(transaction, request));
    }

    /** Writes what the request returned as part of the transaction. */
    private void record(Transaction transaction, RequestKey request, RequestSender sender, ConvexValue result) {
        boolean isKept = transaction.isKept();
        transaction.putSystem(TABLE, request.documentId(), sender.write(ConvexObject.of("result", result)));
        note(request, result, clock.epochNs(), isKept);
    }

    private void note(RequestKey request, ConvexValue result, long recordedNs, boolean isKept) {
        Entry entry = new Entry(request, result.size() + ENTRY_OVERHEAD, recordedNs, isKept);
        synchronized (recorded) {
            recorded.addLast(entry);
            recordedBytes += entry.bytes;
        }
    }

    /**
     * Removes what is too old or too much, commit by commit until nothing of it is left.
     *
     * @return when it is done, also where it could not be
     */
    CompletableFuture<Void> sweep() {
        List<Entry> removable = takeRemovable();
        // Apart, so that a disk that has failed holds up only the removal of what is on it.
        List<Entry> onDisk = removable.stream().filter(Entry::isKept).toList();
        List<Entry> inMemory = removable.stream().filter(entry -> !entry.isKept).toList();
        return remove(inMemory, false)
                .thenCombine(remove(onDisk, true), Boolean::logicalAnd)
                .thenCompose(
                        isDone -> isDone && !removable.isEmpty() ? sweep() : CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Boolean> remove(List<Entry> entries, boolean areKept) {
        Transaction transaction = database.beginOwn(database.latest());
        for (Entry entry : entries) {
            if (transaction.getSystem(TABLE, entry.request.documentId()).isEmpty()) {
                continue;
            }
            transaction.removeSystem(TABLE, entry.request.documentId());
            if (!isExpired(entry)) {
                forgotten.mark(transaction, entry.request, entry.recordedNs, areKept);
            }
        }
        forgotten.removeExcess(transaction, areKept);
        if (!transaction.hasWrites()) {
            return CompletableFuture.completedFuture(true);
        }
        return database.commit(transaction, CommitHook.NONE).handle((outcome, failure) -> {
            boolean isDone = outcome instanceof CommitOutcome.Committed;
            if (!isDone && !stopped) {
                LOG.warn("old entries of the request ledger could not be removed yet", failure);
                putBack(entries);
                forgotten.restore(database.latest());
            }
            return isDone;
        });
    }

    private List<Entry> takeRemovable() {
        List<Entry> removable = new ArrayList<>();
        synchronized (recorded) {
            while (removable.size() < SWEEP_BATCH && !recorded.isEmpty()) {
                Entry oldest = recorded.getFirst();
                if (!isExpired(oldest) && recorded.size() <= bounds.answers && recordedBytes <= bounds.answerBytes) {
                    break;
                }
                recorded.removeFirst();
                recordedBytes -= oldest.bytes;
                removable.add(oldest);
            }
        }
        return removable;
    }

    private boolean isExpired(Entry entry) {
        return clock.epochNs() - entry.recordedNs > bounds.keep.toNanos();
    }

    /** For another sweep, behind the others, whose turn it is next. */
    private void putBack(List<Entry> entries) {
        synchronized (recorded) {
            for (Entry entry : entries) {
                recorded.addLast(entry);
                recordedBytes += entry.bytes;
            }
        }
    }

    private record Entry(RequestKey request, long bytes, long recordedNs, boolean isKept) {}
}
