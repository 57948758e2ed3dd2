package dev.freshet.ingest;

import java.time.Duration;
import java.util.Objects;

/**
 * What the ingest holds at once; past it requests are refused, never queued without bound.
 *
 * @param bytesInFlight rows of all requests that are not answered yet; one request larger than this is taken when it is
 *     alone
 * @param requestsInFlight requests that are not answered yet
 * @param groupBytes rows that share one sync; more in a group lets each wait longer, fewer cost more syncs
 * @param drainTime how long {@link IngestService#close} waits for what was taken
 */
public record IngestLimits(long bytesInFlight, int requestsInFlight, int groupBytes, Duration drainTime) {
    private static final int MIB = 1024 * 1024;

    /** 128 MiB and 20,000 requests on their way, groups of up to 8 MiB, 10 s to drain. */
    public static final IngestLimits DEFAULT = new IngestLimits(128L * MIB, 20_000, 8 * MIB, Duration.ofSeconds(10));

    public IngestLimits withBytesInFlight(long bytes) {
        return new IngestLimits(bytes, requestsInFlight, groupBytes, drainTime);
    }

    public IngestLimits {
        if (bytesInFlight < 1 || requestsInFlight < 1 || groupBytes < 1) {
            throw new IllegalArgumentException("the limits of ingest must be positive");
        }
        Objects.requireNonNull(drainTime, "drainTime");
    }
}
