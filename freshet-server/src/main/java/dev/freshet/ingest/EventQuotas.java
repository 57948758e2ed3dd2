package dev.freshet.ingest;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.documents.EventQuota;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Holds each write key to its quota, or to the one of all keys that have none of their own. A bucket of tokens a key: full at
 * first, filled at the quota's rate, an event takes one. A request that is larger than the whole bucket is taken when that is
 * full, and what it takes too much is waited for afterwards, so that the average holds and no request is refused for ever.
 * In memory: a restart fills all buckets. Thread-safe.
 */
public final class EventQuotas {
    private final Optional<EventQuota> standard;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    /** @param standard of keys without a quota of their own; empty: they have no limit */
    public EventQuotas(Optional<EventQuota> standard, LongSupplier nanoTime) {
        this.standard = standard;
        this.nanoTime = nanoTime;
    }

    /** Takes the events from the key's quota, or says when they may come. */
    public Optional<Duration> take(WriteKeyGrant grant, int events) {
        return bucket(grant).flatMap(bucket -> bucket.take(events, nanoTime.getAsLong()));
    }

    /** When the key may send again; empty where it may now. Takes nothing. */
    public Optional<Duration> wait(WriteKeyGrant grant) {
        return bucket(grant).flatMap(bucket -> bucket.take(0, nanoTime.getAsLong()));
    }

    private Optional<Bucket> bucket(WriteKeyGrant grant) {
        if (grant.isAdministrator()) {
            return Optional.empty();
        }
        return grant.quota()
                .or(() -> standard)
                .map(quota -> buckets.compute(
                        grant.keyId(),
                        (id, present) -> present != null && present.quota.equals(quota)
                                ? present
                                : new Bucket(quota, nanoTime.getAsLong())));
    }

    private static final class Bucket {
        private static final double SECOND_NS = 1e9;

        /** Of an event: sums of fractions must not keep out who waited as told. */
        private static final double ROUNDING = 1e-6;

        private final EventQuota quota;
        private double tokens;
        private long filledNs;

        Bucket(EventQuota quota, long nowNs) {
            this.quota = quota;
            tokens = quota.burst();
            filledNs = nowNs;
        }

        synchronized Optional<Duration> take(int events, long nowNs) {
            long passedNs = Math.max(0, nowNs - filledNs);
            tokens = Math.min(quota.burst(), tokens + passedNs / SECOND_NS * quota.eventsPerSecond());
            filledNs += passedNs;
            double missing = Math.clamp(events, 1, quota.burst()) - tokens;
            if (missing > ROUNDING) {
                double waitNs = missing / quota.eventsPerSecond() * SECOND_NS;
                return Optional.of(Duration.ofNanos((long) Math.ceil(waitNs)));
            }
            tokens -= events;
            return Optional.empty();
        }
    }
}
