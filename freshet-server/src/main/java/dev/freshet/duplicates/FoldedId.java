package dev.freshet.duplicates;

/**
 * A UUID as a number of as few bits as tell it from others of its class. A class is a version of the standard variant, whose
 * six bits of version and variant are folded away, which leaves 122; all other UUIDs are class 0 and keep their 128 bits. The
 * order of numbers within a class is the order of the ids, so that ids that begin with a time stay together.
 */
final class FoldedId {
    /** Classes are smaller than this. */
    static final int CLASSES = 16;

    private static final long RANDOM_62 = (1L << 62) - 1;

    private FoldedId() {}

    static int classOf(long idHigh, long idLow) {
        return idLow >>> 62 == 2 ? (int) (idHigh >>> 12) & 0xf : 0;
    }

    /** The bits of a number of the class. */
    static int bits(int idClass) {
        return idClass == 0 ? 128 : 122;
    }

    /** Class 0 holds version 0 of the standard variant too, whole. */
    static long high(int idClass, long idHigh) {
        return idClass == 0 ? idHigh : foldedHigh(idHigh) >>> 2;
    }

    static long low(int idClass, long idHigh, long idLow) {
        return idClass == 0 ? idLow : (foldedHigh(idHigh) << 62) | (idLow & RANDOM_62);
    }

    private static long foldedHigh(long idHigh) {
        return (idHigh >>> 16 << 12) | (idHigh & 0xfff);
    }

    /** The first 64 of the number's bits, by which pages are found. */
    static long prefix(int idClass, long high, long low) {
        return idClass == 0 ? high : (high << 6) | (low >>> 58);
    }
}
