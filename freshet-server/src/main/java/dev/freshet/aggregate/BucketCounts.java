package dev.freshet.aggregate;

import java.util.Arrays;

/** One counter a bucket over a window that slides forward, and their sum. Not thread-safe. */
final class BucketCounts {
    private final long[] counts;
    private long firstBucket;
    private long total;

    BucketCounts(long firstBucket, int bucketCount) {
        this.firstBucket = firstBucket;
        counts = new long[bucketCount];
    }

    /** Changes the counter of a bucket that is in the window. */
    void add(long bucket, long change) {
        counts[slot(bucket)] += change;
        total += change;
    }

    long count(long bucket) {
        return counts[slot(bucket)];
    }

    long total() {
        return total;
    }

    long firstBucket() {
        return firstBucket;
    }

    long endBucket() {
        return firstBucket + counts.length;
    }

    int bucketCount() {
        return counts.length;
    }

    /** Moves the window forward; what leaves it is taken from the total. Backward does nothing. */
    void slideTo(long nextFirstBucket) {
        if (nextFirstBucket - firstBucket >= counts.length) {
            Arrays.fill(counts, 0);
            total = 0;
            firstBucket = nextFirstBucket;
        }
        for (; firstBucket < nextFirstBucket; firstBucket++) {
            int slot = slot(firstBucket);
            total -= counts[slot];
            counts[slot] = 0;
        }
    }

    private int slot(long bucket) {
        return (int) Math.floorMod(bucket, (long) counts.length);
    }
}
