package dev.freshet.duplicates;

/**
 * Says of most ids that are not in a run that they are not: a Bloom filter in blocks of a cache line, about one wrong "perhaps"
 * in two hundred at {@value #BITS_AN_ID} bits an id.
 */
final class IdFilter {
    static final int BITS_AN_ID = 12;

    private static final int WORDS_A_BLOCK = 8;
    private static final int PROBES = 6;

    private final long[] words;

    IdFilter(long[] words) {
        this.words = words;
    }

    static IdFilter forIds(long ids) {
        return new IdFilter(new long[wordsFor(ids)]);
    }

    /** Whether a filter can have so many words, of which a run without one has none. */
    static boolean isPossible(int words) {
        return words >= 0 && words % WORDS_A_BLOCK == 0;
    }

    /** Whole blocks. */
    static int wordsFor(long ids) {
        long blocks = Math.max(1, (ids * BITS_AN_ID + 511) / 512);
        return Math.toIntExact(blocks * WORDS_A_BLOCK);
    }

    long[] words() {
        return words;
    }

    long memoryBytes() {
        return 8L * words.length;
    }

    void add(long hash) {
        int block = block(hash);
        long bits = IdHash.mix(hash);
        for (int probe = 0; probe < PROBES; probe++) {
            words[block + ((int) bits & 7)] |= 1L << (bits >>> 3);
            bits >>>= 9;
        }
    }

    boolean mayHold(long hash) {
        int block = block(hash);
        long bits = IdHash.mix(hash);
        for (int probe = 0; probe < PROBES; probe++) {
            if ((words[block + ((int) bits & 7)] & (1L << (bits >>> 3))) == 0) {
                return false;
            }
            bits >>>= 9;
        }
        return true;
    }

    private int block(long hash) {
        long blocks = words.length / WORDS_A_BLOCK;
        return (int) (((hash >>> 32) * blocks) >>> 32) * WORDS_A_BLOCK;
    }
}
