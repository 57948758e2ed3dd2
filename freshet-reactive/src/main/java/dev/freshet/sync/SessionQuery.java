package dev.freshet.sync;

import dev.freshet.functions.Evaluation;
import dev.freshet.functions.QueryWatch;
import java.util.Optional;
import java.util.UUID;

/** One query of one socket. Belongs to its session's tasks. */
final class SessionQuery {
    private final long queryId;
    private final ClientMessage.FunctionCall call;
    private Optional<String> journal;
    private QueryWatch watch;
    private Optional<Evaluation> last = Optional.empty();
    private Optional<UUID> sentDigest = Optional.empty();

    SessionQuery(long queryId, ClientMessage.FunctionCall call, Optional<String> journal, QueryWatch watch) {
        this.queryId = queryId;
        this.call = call;
        this.journal = journal;
        this.watch = watch;
    }

    long queryId() {
        return queryId;
    }

    ClientMessage.FunctionCall call() {
        return call;
    }

    /** Where its page ends, as far as is known; empty for what reads no page. */
    Optional<String> journal() {
        return journal;
    }

    QueryWatch watch() {
        return watch;
    }

    /** Whether what the client has is what the query returns at that timestamp. */
    boolean holdsAt(long timestampNs) {
        return last.isPresent() && last.get().holdsAt(timestampNs);
    }

    /**
     * Notes the newest result.
     *
     * @return whether the client has to be told
     */
    boolean accept(Evaluation evaluation) {
        last = Optional.of(evaluation);
        journal = evaluation.journal().or(() -> journal);
        boolean changed = !sentDigest.equals(Optional.of(evaluation.digest()));
        sentDigest = Optional.of(evaluation.digest());
        return changed;
    }

    /**
     * Watches on behalf of another caller.
     *
     * @return whether it is another execution from now on
     */
    boolean exchange(QueryWatch other) {
        boolean same = watch.sameAs(other);
        watch.detach();
        watch = other;
        if (!same) {
            last = Optional.empty();
        }
        return !same;
    }
}
