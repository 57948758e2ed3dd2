package dev.freshet.eventstore;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the way into ClickHouse stands still: rows wait and {@code stored} has not moved for some time, whatever the
 * reason. {@link #look} is called by one thread, every second or so; any may ask.
 */
public final class DrainWatch {
    private static final Logger log = LoggerFactory.getLogger(DrainWatch.class);

    private final Supplier<WriterStatus> writer;
    private final LongSupplier durablePosition;
    private final Duration limit;
    private final LongSupplier nanoTime;
    private long stored = -1;
    private long movedAtNs;
    private volatile long unmovedNs;
    private volatile boolean isStalled;

    /** @param limit for so long {@code stored} may stand still while rows wait */
    public DrainWatch(
            Supplier<WriterStatus> writer, LongSupplier durablePosition, Duration limit, LongSupplier nanoTime) {
        this.writer = writer;
        this.durablePosition = durablePosition;
        this.limit = limit;
        this.nanoTime = nanoTime;
        movedAtNs = nanoTime.getAsLong();
    }

    /** Looks whether something moved. Does not block. */
    public void look() {
        long durable = durablePosition.getAsLong();
        WriterStatus status = writer.get();
        long nowNs = nanoTime.getAsLong();
        if (status.stored() != stored || status.stored() >= durable) {
            stored = status.stored();
            movedAtNs = nowNs;
        }
        unmovedNs = nowNs - movedAtNs;
        boolean wasStalled = isStalled;
        isStalled = unmovedNs >= limit.toNanos();
        if (isStalled && !wasStalled) {
            log.error(
                    "nothing has been stored in ClickHouse for {} s though rows wait [stored={}, durable={}, failure={}]",
                    limit.toSeconds(),
                    stored,
                    durable,
                    status.failure().orElse("none told"));
        } else if (wasStalled && !isStalled) {
            log.info("rows are stored in ClickHouse again [stored={}, durable={}]", stored, durable);
        }
    }

    /** For how long nothing moved though rows waited; zero while all is well. */
    public Duration unmoved() {
        return Duration.ofNanos(unmovedNs);
    }

    public boolean isStalled() {
        return isStalled;
    }
}
