package dev.freshet.reactive;

/**
 * What one transaction may read and write.
 *
 * @param scannedDocuments documents read
 * @param readIntervals intervals of indexes read
 * @param writtenDocuments documents written
 */
public record TransactionLimits(int scannedDocuments, int readIntervals, int writtenDocuments) {
    /** Convex's: 32,000 read in 4,096 ranges, 16,000 written. */
    public static TransactionLimits standard() {
        return new TransactionLimits(32_000, 4_096, 16_000);
    }
}
