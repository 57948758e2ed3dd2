package dev.freshet.duplicates;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Lets a merge write no faster than allowed, so that it leaves the disk to those who wait for a sync. Confined to one thread. */
final class MergePace implements LongConsumer {
    private final long bytesASecond;
    private long dueNs = System.nanoTime();

    MergePace(DuplicatesOptions options) {
        bytesASecond = options.mergeBytesASecond();
    }

    @Override
    public void accept(long bytes) {
        long nowNs = System.nanoTime();
        dueNs = Math.max(dueNs, nowNs - TimeUnit.MILLISECONDS.toNanos(100))
                + bytes * TimeUnit.SECONDS.toNanos(1) / bytesASecond;
        if (dueNs > nowNs) {
            LockSupport.parkNanos(dueNs - nowNs);
        }
    }
}
