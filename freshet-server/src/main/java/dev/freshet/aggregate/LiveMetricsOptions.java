package dev.freshet.aggregate;

import java.time.Duration;

/**
 * How the live tier behaves and what it may use.
 *
 * @param linger how long a computation goes on after its last watcher left, so that a reload finds it running
 * @param coalesce the least time between two publications while events keep coming; an isolated change goes out at once
 * @param startThreads how many metrics are started at a time; each holds one query on ClickHouse
 * @param firstRetry how long after a failed start the next try is; doubles up to {@code longestRetry}
 * @param refusedFor how long a metric that grew past its limits stays refused before it is tried again
 * @param mostMetrics distinct metrics at a time; a further one is refused
 * @param mostIds users or sessions that one metric remembers, about 48 bytes each; past them it is refused
 * @param mostCells pairs of bucket and key that one breakdown remembers, about 150 bytes each; past them it is refused
 * @param mostBytes what all metrics together remember; a metric that would need more is refused
 */
public record LiveMetricsOptions(
        Duration linger,
        Duration coalesce,
        int startThreads,
        Duration firstRetry,
        Duration longestRetry,
        Duration refusedFor,
        int mostMetrics,
        int mostIds,
        int mostCells,
        long mostBytes) {
    /** Linger 5 minutes, coalesce 50 ms, 2 starts at a time, retries after 0.2 to 5 s, a million ids a metric, 256 MB in all. */
    public static LiveMetricsOptions defaults() {
        return new LiveMetricsOptions(
                Duration.ofMinutes(5),
                Duration.ofMillis(50),
                2,
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                5_000,
                1_000_000,
                500_000,
                256_000_000);
    }

    public LiveMetricsOptions withLinger(Duration duration) {
        return new LiveMetricsOptions(
                duration,
                coalesce,
                startThreads,
                firstRetry,
                longestRetry,
                refusedFor,
                mostMetrics,
                mostIds,
                mostCells,
                mostBytes);
    }

    public LiveMetricsOptions withRetry(Duration first, Duration longest) {
        return new LiveMetricsOptions(
                linger, coalesce, startThreads, first, longest, refusedFor, mostMetrics, mostIds, mostCells, mostBytes);
    }

    public LiveMetricsOptions withLimits(int metrics, int ids, int cells) {
        return new LiveMetricsOptions(
                linger, coalesce, startThreads, firstRetry, longestRetry, refusedFor, metrics, ids, cells, mostBytes);
    }

    public LiveMetricsOptions withMostBytes(long bytes) {
        return new LiveMetricsOptions(
                linger,
                coalesce,
                startThreads,
                firstRetry,
                longestRetry,
                refusedFor,
                mostMetrics,
                mostIds,
                mostCells,
                bytes);
    }
}
