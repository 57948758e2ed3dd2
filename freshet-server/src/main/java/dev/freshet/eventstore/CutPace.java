package dev.freshet.eventstore;

/** Decides when the next batch starts. Confined to one thread; knows no clock, each call is given the time. */
final class CutPace {
    /** No batch is due, whatever the time. */
    static final long NEVER = Long.MAX_VALUE;

    private final WriterOptions options;
    private long lastStartNs;
    private boolean hasStarted;

    CutPace(WriterOptions options) {
        this.options = options;
    }

    /**
     * @param waitingSinceNs since when the first waiting event has waited
     * @return nanoseconds until the batch may start: 0 for now, {@link #NEVER} when nothing waits
     */
    long delayNs(long nowNs, int waitingEvents, long waitingBytes, long waitingSinceNs) {
        if (waitingEvents == 0) {
            return NEVER;
        }
        if (waitingEvents >= options.hurryEvents() || waitingBytes >= options.hurryBytes()) {
            return 0;
        }
        long untilDueNs = waitingEvents >= options.flushEvents()
                ? 0
                : options.flushInterval().toNanos() - (nowNs - waitingSinceNs);
        long untilPaceNs = hasStarted ? options.pace().toNanos() - (nowNs - lastStartNs) : 0;
        return Math.max(0, Math.max(untilDueNs, untilPaceNs));
    }

    void started(long nowNs) {
        lastStartNs = nowNs;
        hasStarted = true;
    }
}
