package dev.freshet.ingest;

import dev.freshet.event.RejectCode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What the ingest counts since its start. Any thread may read; the numbers of one moment need not fit each other. */
public final class IngestMetrics {
    private static final int SYNC_BUCKETS = 24;

    private final LongAdder accepted = new LongAdder();
    private final LongAdder takenBytes = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final Map<RejectCode, LongAdder> rejected = adders(RejectCode.class);
    private final Map<IngestException.Code, LongAdder> refused = adders(IngestException.Code.class);
    private final LongAdder syncs = new LongAdder();
    private final LongAdder syncNs = new LongAdder();
    private final List<LongAdder> syncBuckets =
            Stream.generate(LongAdder::new).limit(SYNC_BUCKETS).toList();

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E constant) {
        return Objects.requireNonNull(adders.get(constant));
    }

    void countReply(IngestReply reply, long rowBytes) {
        accepted.add(reply.accepted());
        duplicates.add(reply.duplicates());
        takenBytes.add(rowBytes);
        for (Reject reject : reply.rejected()) {
            adder(rejected, reject.code()).increment();
        }
    }

    void countRefused(IngestException.Code code) {
        adder(refused, code).increment();
    }

    void countSync(long durationNs) {
        syncs.increment();
        syncNs.add(durationNs);
        int bucket = 64 - Long.numberOfLeadingZeros(durationNs / 1_000);
        syncBuckets.get(Math.min(bucket, SYNC_BUCKETS - 1)).increment();
    }

    /** Events that were made durable and answered as accepted. */
    public long accepted() {
        return accepted.sum();
    }

    /** Bytes of the rows of all requests that were answered, repeats among them. */
    public long takenBytes() {
        return takenBytes.sum();
    }

    /** Events that were answered as duplicates. */
    public long duplicates() {
        return duplicates.sum();
    }

    /** Events that were rejected for this reason. */
    public long rejected(RejectCode code) {
        return adder(rejected, code).sum();
    }

    /** Requests that were refused as a whole. */
    public long refused(IngestException.Code code) {
        return adder(refused, code).sum();
    }

    /** Syncs of the log, each of which served all requests of a group. */
    public long syncs() {
        return syncs.sum();
    }

    /** Time spent in all syncs. */
    public long syncNs() {
        return syncNs.sum();
    }

    /** How many buckets the histogram of sync times has; the last one is open. */
    public int syncBuckets() {
        return SYNC_BUCKETS;
    }

    /** The bound of a bucket: its syncs took less than this many microseconds, and at least half of it. */
    public long syncBucketBoundMicros(int bucket) {
        return 1L << bucket;
    }

    public long syncBucketCount(int bucket) {
        return syncBuckets.get(bucket).sum();
    }
}
