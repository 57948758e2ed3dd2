package dev.freshet.ingest;

/**
 * How much of the heap the decoding of one body may take: its bytes once unpacked, and the rows that they become. Past a share a
 * body is refused before memory is taken for more.
 *
 * @param isWhole whether nobody has a larger share: what passes it is too large for good. What passes another may have
 *     {@link #ALONE} when its turn comes
 */
public record DecodingShare(int unpackedBytes, int rowBytes, boolean isWhole) {
    private static final int MIB = 1 << 20;

    /** 64 MiB, and less on heaps under 768 MiB. */
    private static final int MOST_UNPACKED_BYTES =
            (int) Math.min(64L * MIB, Runtime.getRuntime().maxMemory() / 12);

    /** For bodies that are decoded beside others; nearly all are. */
    public static final DecodingShare BESIDE_OTHERS = new DecodingShare(8 * MIB, 8 * MIB, false);

    /** For the one body at a time that may be as large as any. The shortest events take twice as many bytes as a row as in JSON. */
    public static final DecodingShare ALONE = new DecodingShare(MOST_UNPACKED_BYTES, 2 * MOST_UNPACKED_BYTES, true);

    /**
     * To be called where a body passes this share, before refusing it for good.
     *
     * @throws LargeBodyException when there is a larger share
     */
    public void leaveToLarger() {
        if (!isWhole) {
            throw new LargeBodyException();
        }
    }

    /** What all bodies are told that unpack to more. */
    public String unpackedLimit() {
        return unpackedBytes + " bytes unpacked";
    }

    /** What all bodies are told whose rows would be more. */
    public String rowLimit() {
        return rowBytes + " bytes once each event is whole";
    }
}
