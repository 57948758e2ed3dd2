package dev.freshet.functions;

import dev.freshet.reactive.DemandKey;
import dev.freshet.reactive.Subscription;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A query's result, encoded once for all who receive it, with the span of timestamps for which it holds: from the run
 * that made it until a commit touches what that run read. Immutable but for the end of that span.
 */
public final class Evaluation {
    private final EncodedResult result;
    private final long ranAtNs;
    private final Optional<Subscription> subscription;
    private final Set<DemandKey> demanded;
    private final Set<DemandKey> absent;
    private final Optional<String> journal;

    private Evaluation(
            EncodedResult result,
            long ranAtNs,
            Optional<Subscription> subscription,
            Set<DemandKey> demanded,
            Set<DemandKey> absent,
            Optional<String> journal) {
        this.result = result;
        this.ranAtNs = ranAtNs;
        this.subscription = subscription;
        this.demanded = demanded;
        this.absent = absent;
        this.journal = journal;
    }

    static Evaluation of(QueryRun run, Subscription subscription) {
        return new Evaluation(
                run.result(), run.ranAtNs(), Optional.of(subscription), run.demanded(), run.absent(), run.journal());
    }

    /** A result at one timestamp only, not looked after any further. */
    static Evaluation exact(QueryRun run) {
        return new Evaluation(
                run.result(), run.ranAtNs(), Optional.empty(), run.demanded(), run.absent(), run.journal());
    }

    /** A refusal that holds whatever the tables say. */
    static Evaluation refusal(FunctionResult.Failure failure) {
        return new Evaluation(
                EncodedResult.of(failure), Long.MIN_VALUE, Optional.empty(), Set.of(), Set.of(), Optional.empty());
    }

    /** How the query ended. */
    public FunctionResult result() {
        return result.result();
    }

    /** The value, or the data of a ConvexError, in the wire's encoding; empty text for a failure without data. */
    public String json() {
        return result.json();
    }

    /** Equal for equal results; errors are compared without their request ids. */
    public UUID digest() {
        return result.digest();
    }

    /** Where the query's page ends, which whoever asks for it again gives back; empty for what reads no page. */
    public Optional<String> journal() {
        return journal;
    }

    /** The timestamp of the snapshot that the query ran at. */
    public long ranAtNs() {
        return ranAtNs;
    }

    /** Whether the query would return the same at that timestamp. */
    public boolean holdsAt(long timestampNs) {
        if (ranAtNs == Long.MIN_VALUE || ranAtNs == timestampNs) {
            return true;
        }
        return subscription.isPresent()
                && ranAtNs < timestampNs
                && timestampNs < subscription.get().invalidatedAtNs();
    }

    /** Whether those who watch the query are told when this result no longer holds. */
    public boolean isFollowed() {
        return ranAtNs == Long.MIN_VALUE || subscription.isPresent();
    }

    Optional<Subscription> subscription() {
        return subscription;
    }

    Set<DemandKey> demanded() {
        return demanded;
    }

    Set<DemandKey> absent() {
        return absent;
    }
}
