package dev.freshet.duplicates;

/**
 * Where in a run one team's ids of one class are: sorted, in pages.
 *
 * @param prefixes the first 64 bits of the first id of each page
 * @param starts where each page begins, and behind them where the last ends, in units of eight bytes
 */
record RunSection(String teamId, int idClass, long ids, long[] prefixes, int[] starts) {
    private static final long OBJECTS_BYTES = 160;

    /** Whether pages of these sizes and ids are possible within so many bytes. */
    boolean isPossible(long pageBytes) {
        for (int page = 0; page < prefixes.length; page++) {
            boolean isPage = starts[page] >= 0
                    && starts[page] < starts[page + 1]
                    && starts[page + 1] - starts[page] <= PageCodec.MOST_BYTES / 8;
            if (!isPage) {
                return false;
            }
        }
        return prefixes.length > 0
                && 8L * starts[prefixes.length] <= pageBytes
                && ids >= prefixes.length
                && ids <= (long) PageCodec.MOST_IDS * prefixes.length
                && idClass >= 0
                && idClass < FoldedId.CLASSES;
    }

    int pages() {
        return prefixes.length;
    }

    long offset(int page) {
        return 8L * starts[page];
    }

    int sizeBytes(int page) {
        return 8 * (starts[page + 1] - starts[page]);
    }

    long memoryBytes() {
        return OBJECTS_BYTES + 12L * prefixes.length;
    }

    /** The first page whose prefix is at least (or, when {@code isPast}, larger than) this one. */
    int firstPage(long prefix, boolean isPast) {
        int from = 0;
        int to = prefixes.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            int order = Long.compareUnsigned(prefixes[middle], prefix);
            if (order < 0 || (isPast && order == 0)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
