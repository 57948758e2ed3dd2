package dev.freshet.ingest;

import dev.freshet.auth.WriteKeyGrant;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stands before the {@link IngestService} and lets through what a write key may send. Thread-safe; never blocks. */
public final class QuotaGate {
    private final IngestService ingest;
    private final EventQuotas quotas;

    public QuotaGate(IngestService ingest, EventQuotas quotas) {
        this.ingest = ingest;
        this.quotas = quotas;
    }

    /** As {@link IngestService#submit}; also fails with OVER_QUOTA. What is refused counts as sent too: it costs as much. */
    public CompletionStage<IngestReply> submit(WriteKeyGrant grant, DecodedEvents decoded) {
        Optional<Duration> wait = quotas.take(grant, decoded.rows().count());
        return wait.isPresent()
                ? CompletableFuture.failedStage(refusal(wait.get()))
                : ingest.submit(grant.teamId(), decoded);
    }

    /** Why a request of this key is refused whatever it brings, so that it need not be read. */
    public Optional<IngestException> refusal(WriteKeyGrant grant) {
        return quotas.wait(grant).map(this::refusal);
    }

    private IngestException refusal(Duration wait) {
        ingest.metrics().countRefused(IngestException.Code.OVER_QUOTA);
        return new IngestException(
                IngestException.Code.OVER_QUOTA,
                "The write key is over its quota of events a second; send again later, or raise the quota.",
                wait);
    }
}
