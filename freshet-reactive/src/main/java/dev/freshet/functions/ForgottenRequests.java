package dev.freshet.functions;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Snapshot;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The highest request of each session whose answer had to go before its time. Request ids rise within a session and its
 * mutations run one after the other in that order, so whatever is sent again with no higher id and has no answer here was
 * either done, or failed, which is not recorded; which of the two is not known any more. It is told so and not run: a client
 * that never heard of a failure takes it for one all the same. Marks of answers on the disk are on the disk, in the commit
 * that removes them there; those of answers in memory go with a restart, as what the mutations did goes. They stay as long as
 * the answer would have, of a bounded number of sessions; beyond that the oldest are lost, and with them the promise.
 */
final class ForgottenRequests {
    private static final String KEPT = "_forgotten_requests";
    private static final String IN_MEMORY = "_forgotten_requests_in_memory";
    private static final FunctionResult.Failure NOT_KEPT = new FunctionResult.Failure(
            "RequestAnswerNotKept: this request was answered before, or failed, and the answer is no longer kept; it was not"
                    + " run again",
            Optional.empty());

    private final Clock clock;
    private final RequestLedger.Bounds bounds;
    /** By session, when the last one that had to go was recorded; the session marked last comes last. Guarded by themselves. */
    private final Map<String, Long> kept = new LinkedHashMap<>();

    private final Map<String, Long> inMemory = new LinkedHashMap<>();

    ForgottenRequests(Clock clock, RequestLedger.Bounds bounds) {
        this.clock = clock;
        this.bounds = bounds;
    }

    static void addTables(Database.Builder database) {
        database.durableSystemTable(KEPT);
        database.systemTable(IN_MEMORY);
    }

    /** Takes up what is kept: once at the start, and where a removal has failed. */
    void restore(Snapshot snapshot) {
        synchronized (kept) {
            snapshot.forEachByAge(
                    KEPT, (session, mark, ignored) -> kept.putIfAbsent(session, mark.int64("recordedAt")));
        }
    }

    /** How a request ends whose answer had to go, if it is one. */
    static Optional<MutationOutcome> find(Transaction transaction, RequestKey request) {
        return isForgotten(transaction, IN_MEMORY, request) || isForgotten(transaction, KEPT, request)
                ? Optional.of(new MutationOutcome.Failed(NOT_KEPT))
                : Optional.empty();
    }

    private static boolean isForgotten(Transaction transaction, String table, RequestKey request) {
        return highestOf(transaction, table, request.sessionId()) >= request.requestId();
    }

    private static long highestOf(Transaction transaction, String table, String session) {
        return transaction
                .getSystem(table, session)
                .map(mark -> mark.int64("request"))
                .orElse(Long.MIN_VALUE);
    }

    /** Notes, as part of the transaction, that the answer goes. */
    void mark(Transaction transaction, RequestKey request, long recordedNs, boolean isKept) {
        String table = isKept ? KEPT : IN_MEMORY;
        long highest = Math.max(request.requestId(), highestOf(transaction, table, request.sessionId()));
        transaction.putSystem(
                table,
                request.sessionId(),
                ConvexObject.of("request", ConvexValue.int64(highest), "recordedAt", ConvexValue.int64(recordedNs)));
        Map<String, Long> marks = isKept ? kept : inMemory;
        synchronized (marks) {
            marks.remove(request.sessionId());
            marks.put(request.sessionId(), recordedNs);
        }
    }

    /** Removes, as part of the transaction, the marks that are too old or too many. */
    void removeExcess(Transaction transaction, boolean areKept) {
        Map<String, Long> marks = areKept ? kept : inMemory;
        long oldestNs = clock.epochNs() - bounds.keep().toNanos();
        synchronized (marks) {
            Iterator<Map.Entry<String, Long>> all = marks.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<String, Long> oldest = all.next();
                if (oldest.getValue() >= oldestNs && marks.size() <= bounds.sessions()) {
                    return;
                }
                transaction.removeSystem(areKept ? KEPT : IN_MEMORY, oldest.getKey());
                all.remove();
            }
        }
    }
}
