package dev.freshet.reactive;

/**
 * Interest in a read set. Fires once, when a commit touches it; from then on it is no longer looked after and who still
 * cares subscribes anew with what the next run has read.
 */
public final class Subscription {
    /** The value of {@link #invalidatedAtNs()} as long as nothing was touched. */
    public static final long NEVER = Long.MAX_VALUE;

    private final ReadSet reads;
    private final Runnable onInvalidated;
    private volatile long invalidatedAtNs = NEVER;
    private volatile boolean hasEnded;

    Subscription(ReadSet reads, Runnable onInvalidated) {
        this.reads = reads;
        this.onInvalidated = onInvalidated;
    }

    /**
     * The timestamp of the first commit that touched the read set. Set before that commit can be seen in any snapshot: who
     * reads the newest snapshot first and this afterwards knows whether a result still holds there.
     */
    public long invalidatedAtNs() {
        return invalidatedAtNs;
    }

    ReadSet reads() {
        return reads;
    }

    boolean isInvalidated() {
        return invalidatedAtNs != NEVER;
    }

    /** By the committer's thread only. */
    void invalidate(long timestampNs) {
        invalidatedAtNs = timestampNs;
    }

    /** What touched it was taken back. By the committer's thread only. */
    void revalidate() {
        invalidatedAtNs = NEVER;
    }

    /** Nobody cares any more. */
    void end() {
        hasEnded = true;
    }

    boolean hasEnded() {
        return hasEnded;
    }

    Runnable onInvalidated() {
        return onInvalidated;
    }
}
