package dev.freshet.aggregate;

import dev.freshet.metric.Interval;
import dev.freshet.metric.TimeWindow;
import java.util.Map;
import java.util.TreeMap;

/** Counts by bucket in a sliding window; what is ahead of the window waits, what is behind is dropped. Not thread-safe. */
final class SlidingCounts {
    private final BucketCounts inside;
    private final TreeMap<Long, Long> ahead = new TreeMap<>();

    SlidingCounts(TimeWindow window) {
        inside = new BucketCounts(window.firstBucket(), window.bucketCount());
    }

    void add(long bucket, long count) {
        if (bucket >= inside.endBucket()) {
            ahead.merge(bucket, count, Long::sum);
        } else if (bucket >= inside.firstBucket()) {
            inside.add(bucket, count);
        }
    }

    void slideTo(long firstBucket) {
        if (firstBucket <= inside.firstBucket()) {
            return;
        }
        inside.slideTo(firstBucket);
        while (!ahead.isEmpty() && ahead.firstKey() < inside.endBucket()) {
            Map.Entry<Long, Long> arrived = ahead.pollFirstEntry();
            add(arrived.getKey(), arrived.getValue());
        }
    }

    long count(long bucket) {
        return inside.count(bucket);
    }

    long total() {
        return inside.total();
    }

    long firstBucket() {
        return inside.firstBucket();
    }

    TimeWindow window(Interval interval) {
        return new TimeWindow(interval, inside.firstBucket(), inside.bucketCount());
    }
}
