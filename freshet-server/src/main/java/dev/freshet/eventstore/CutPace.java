package dev.freshet.eventstore;

/**
 * Decides when the next batch starts. Confined to one thread; knows no clock, each call is given the time.
 *
 * <p>An insert costs the same whether it brings ten rows or a thousand: parts of four tables, and merges of them later. So where an
 * insert takes long, because the machine is busy or the rows are many, the next starts later and is larger: inserting takes
 * a quarter of the time at the most until the waiting rows fill a batch of the greatest size.
 */
final class CutPace {
    /** A batch starts so many times as long after the last as that took. */
    private static final int SPACING = 4;

    /** No batch is due, whatever the time. */
    static final long NEVER = Long.MAX_VALUE;

    private final WriterOptions options;
    private long lastStartNs;
    private long stretchedNs;
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
        long untilPaceNs = hasStarted ? spacingNs(waitingEvents, waitingBytes) - (nowNs - lastStartNs) : 0;
        return Math.max(0, Math.max(untilDueNs, untilPaceNs));
    }

    private long spacingNs(int waitingEvents, long waitingBytes) {
        if (stretchedNs > options.pace().toNanos()) {
            return stretchedNs;
        }
        boolean isPastPace = waitingEvents >= options.paceEvents() || waitingBytes >= options.paceBytes();
        return isPastPace ? 0 : options.pace().toNanos();
    }

    void started(long nowNs) {
        lastStartNs = nowNs;
        hasStarted = true;
        stretchedNs = 0;
    }

    /** The batch that was started last is in, and inserting it took so long. */
    void ended(long tookNs) {
        stretchedNs = Math.min(SPACING * tookNs, options.mostPace().toNanos());
    }
}
