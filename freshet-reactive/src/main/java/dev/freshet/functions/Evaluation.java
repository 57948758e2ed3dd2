package dev.freshet.functions;

import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandKey;
import dev.freshet.reactive.Subscription;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A query's result, encoded once for all who receive it, with the span of timestamps for which it holds: from the run
 * that made it until a commit touches what that run read. Immutable but for the end of that span.
 */
public final class Evaluation {
    private final FunctionResult result;
    private final String json;
    private final UUID digest;
    private final long ranAtNs;
    private final Optional<Subscription> subscription;
    private final Set<DemandKey> demanded;
    private final Set<DemandKey> absent;

    private Evaluation(
            FunctionResult result,
            long ranAtNs,
            Optional<Subscription> subscription,
            Set<DemandKey> demanded,
            Set<DemandKey> absent) {
        this.result = result;
        this.json = switch (result) {
            case FunctionResult.Success(ConvexValue value) -> ConvexJson.encode(value);
            case FunctionResult.Failure(String message, Optional<ConvexValue> data) ->
                data.map(ConvexJson::encode).orElse("");
        };
        this.digest = digestOf(result, json);
        this.ranAtNs = ranAtNs;
        this.subscription = subscription;
        this.demanded = demanded;
        this.absent = absent;
    }

    static Evaluation of(QueryRun run, Subscription subscription) {
        return new Evaluation(run.result(), run.ranAtNs(), Optional.of(subscription), run.demanded(), run.absent());
    }

    /** A result at one timestamp only, not looked after any further. */
    static Evaluation exact(QueryRun run) {
        return new Evaluation(run.result(), run.ranAtNs(), Optional.empty(), run.demanded(), run.absent());
    }

    /** A refusal that holds whatever the tables say. */
    static Evaluation refusal(FunctionResult.Failure failure) {
        return new Evaluation(failure, Long.MIN_VALUE, Optional.empty(), Set.of(), Set.of());
    }

    /** How the query ended. */
    public FunctionResult result() {
        return result;
    }

    /** The value, or the data of a ConvexError, in the wire's encoding; empty text for a failure without data. */
    public String json() {
        return json;
    }

    /** Equal for equal results; errors are compared without their request ids. */
    public UUID digest() {
        return digest;
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

    private static UUID digestOf(FunctionResult result, String json) {
        String tagged = switch (result) {
            case FunctionResult.Success ignored -> "+" + json;
            case FunctionResult.Failure failure ->
                "-" + failure.message().replaceFirst("^\\[Request ID: [0-9a-f]+\\]", "") + '\n' + json;
        };
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(tagged.getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = ByteBuffer.wrap(hash);
            return new UUID(bytes.getLong(), bytes.getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
