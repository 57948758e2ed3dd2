package dev.freshet.metric;

/**
 * A run of whole buckets, the last of which holds the present.
 *
 * @param firstBucket counted from the epoch in units of the interval
 * @param bucketCount at least 1
 */
public record TimeWindow(Interval interval, long firstBucket, int bucketCount) {
    public TimeWindow {
        if (bucketCount < 1) {
            throw new IllegalArgumentException("a window has at least one bucket, not " + bucketCount);
        }
    }

    /** The window of {@code bucketCount} buckets whose last one holds {@code nowMs}. */
    public static TimeWindow endingAt(long nowMs, Interval interval, int bucketCount) {
        return new TimeWindow(interval, interval.bucketOf(nowMs) - bucketCount + 1, bucketCount);
    }

    /** The bucket after the last one. */
    public long endBucket() {
        return firstBucket + bucketCount;
    }

    /** Inclusive. */
    public long fromMs() {
        return firstBucket * interval.lengthMs();
    }

    /** Exclusive. */
    public long toMs() {
        return endBucket() * interval.lengthMs();
    }
}
