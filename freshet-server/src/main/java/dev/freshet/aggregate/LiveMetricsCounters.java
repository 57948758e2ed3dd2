package dev.freshet.aggregate;

import java.util.concurrent.atomic.AtomicLong;

/** What the live tier did since it started. Written by the aggregation thread, read by any. */
public final class LiveMetricsCounters {
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong metrics = new AtomicLong();
    private final AtomicLong starts = new AtomicLong();
    private final AtomicLong failedStarts = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong publications = new AtomicLong();
    private final AtomicLong publishedResults = new AtomicLong();

    LiveMetricsCounters() {}

    void events(int count) {
        events.addAndGet(count);
    }

    void metrics(int count) {
        metrics.set(count);
    }

    void started() {
        starts.incrementAndGet();
    }

    void startFailed() {
        failedStarts.incrementAndGet();
    }

    void refused() {
        refusals.incrementAndGet();
    }

    void published(int results) {
        publications.incrementAndGet();
        publishedResults.addAndGet(results);
    }

    /** Events read from the log. */
    public long eventCount() {
        return events.get();
    }

    /** Distinct metrics now, those that linger included. */
    public long metricCount() {
        return metrics.get();
    }

    /** Attempts to start a computation. */
    public long startCount() {
        return starts.get();
    }

    /** Attempts that failed and are tried again. */
    public long failedStartCount() {
        return failedStarts.get();
    }

    /** Metrics refused for passing a limit. */
    public long refusalCount() {
        return refusals.get();
    }

    /** Calls of the sink. */
    public long publicationCount() {
        return publications.get();
    }

    /** Results given to the sink. */
    public long publishedResultCount() {
        return publishedResults.get();
    }
}
