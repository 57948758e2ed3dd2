package dev.freshet.aggregate;

import dev.freshet.metric.MetricResult;
import org.jspecify.annotations.Nullable;

/**
 * What the aggregation knows of one key: whether it is watched, whether it is starting or running, and what was said of it
 * last. Confined to the aggregation thread.
 */
final class LiveMetric {
    final LiveMetricKey key;
    private boolean isWatched = true;
    private long releasedAtNs;
    private @Nullable StartTicket ticket;
    private long retryAtNs;
    private int failures;
    private @Nullable Computation computation;
    private long heldPosition;
    private @Nullable MetricResult published;
    private boolean isDirty;
    private MetricResult.@Nullable Failed refusal;

    LiveMetric(LiveMetricKey key) {
        this.key = key;
    }

    void watch() {
        if (!isWatched) {
            isWatched = true;
            published = null; // whoever comes back has nothing of what was said before
            isDirty = isDirty || computation != null || refusal != null;
        }
    }

    void release(long nowNs) {
        if (isWatched) {
            isWatched = false;
            releasedAtNs = nowNs;
        }
    }

    boolean isAbandoned(long nowNs, long lingerNs) {
        return !isWatched && nowNs - releasedAtNs >= lingerNs;
    }

    boolean wantsStart(long nowNs) {
        return computation == null && ticket == null && nowNs - retryAtNs >= 0;
    }

    StartTicket starting() {
        StartTicket made = new StartTicket(key);
        ticket = made;
        return made;
    }

    boolean awaits(StartTicket given) {
        return ticket == given;
    }

    void running(Computation started, long position) {
        ticket = null;
        failures = 0;
        refusal = null;
        computation = started;
        heldPosition = position;
        isDirty = true;
    }

    /** Forgets the computation and any start under way; {@link #wantsStart} is true from {@code retryAtNs} on. */
    void stopped(long nextTryNs) {
        Computation running = computation;
        if (running != null) {
            running.discard();
        }
        ticket = null;
        computation = null;
        retryAtNs = nextTryNs;
        isDirty = false;
    }

    int failed() {
        return ++failures;
    }

    void refused(MetricResult.Failed reason, long nextTryNs) {
        stopped(nextTryNs);
        refusal = reason;
        isDirty = true;
    }

    @Nullable
    Computation computation() {
        return computation;
    }

    /** The last event that the computation holds; events up to it are not given to it again. */
    long heldPosition() {
        return heldPosition;
    }

    void touched() {
        isDirty = true;
    }

    boolean isDirty() {
        return isDirty;
    }

    boolean wasPublished() {
        return published != null;
    }

    /** What was taken last did not arrive. */
    void unpublished() {
        published = null;
        isDirty = true;
    }

    /** The answer now, or null where there is none to give or it is the one that was published last. */
    @Nullable
    MetricResult takeChange() {
        isDirty = false;
        Computation running = computation;
        MetricResult result = running == null ? refusal : running.result();
        if (result == null || !isWatched || result.equals(published)) {
            return null;
        }
        published = result;
        return result;
    }
}
