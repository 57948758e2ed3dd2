package dev.freshet.reactive;

/**
 * What one transaction may read and write. Rows of demand tables count as documents but not in bytes, as they are the
 * server's; what the runtime writes into tables of its own does not count.
 *
 * @param scannedDocuments documents read
 * @param readBytes bytes of them
 * @param readIntervals intervals of indexes read
 * @param writtenDocuments documents written
 * @param writtenBytes bytes of them
 */
public record TransactionLimits(
        int scannedDocuments, long readBytes, int readIntervals, int writtenDocuments, long writtenBytes) {
    private static final long STANDARD_BYTES = 16L << 20;

    /** Convex's: 32,000 documents and 16 MiB read in 4,096 ranges, 16,000 documents and 16 MiB written. */
    public static TransactionLimits standard() {
        return ofDocuments(32_000, 16_000);
    }

    /** The standard ones but for the numbers of documents. */
    public static TransactionLimits ofDocuments(int scanned, int written) {
        return new TransactionLimits(scanned, STANDARD_BYTES, 4_096, written, STANDARD_BYTES);
    }

    /** For the server's own code, which bounds itself. */
    static TransactionLimits none() {
        return new TransactionLimits(
                Integer.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
    }
}
