package dev.freshet.aggregate;

import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all live metrics together may remember. Reckoned, not measured: whoever keeps something reserves what it takes, and
 * frees it when it is forgotten. Thread-safe.
 */
final class LiveMemory {
    private final long mostBytes;
    private final AtomicLong reservedBytes = new AtomicLong();

    LiveMemory(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** @throws MetricException LIMIT_EXCEEDED when there is no more; then nothing was reserved */
    void reserve(long bytes) {
        if (reservedBytes.addAndGet(bytes) > mostBytes) {
            reservedBytes.addAndGet(-bytes);
            throw new MetricException(
                    MetricErrorCode.LIMIT_EXCEEDED,
                    "Live metrics use all of their " + mostBytes / 1_000_000
                            + " MB; narrow their matches or ranges, or watch fewer");
        }
    }

    void free(long bytes) {
        reservedBytes.addAndGet(-bytes);
    }

    long reservedBytes() {
        return reservedBytes.get();
    }
}
