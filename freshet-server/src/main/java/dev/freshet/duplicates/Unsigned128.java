package dev.freshet.duplicates;

/** Unsigned numbers of 128 bits as two words; what has two words for a result has a method for each. */
final class Unsigned128 {
    private Unsigned128() {}

    static int compare(long high, long low, long otherHigh, long otherLow) {
        int byHigh = Long.compareUnsigned(high, otherHigh);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, otherLow);
    }

    /** The high word of a difference, whose low word is the difference of the low words. */
    static long differenceHigh(long high, long low, long lessHigh, long lessLow) {
        return high - lessHigh - (Long.compareUnsigned(low, lessLow) < 0 ? 1 : 0);
    }

    /** The high word of a sum, whose low word is the sum of the low words. */
    static long sumHigh(long high, long low, long moreHigh, long moreLow) {
        return high + moreHigh + (Long.compareUnsigned(low + moreLow, low) < 0 ? 1 : 0);
    }

    static int bitLength(long high, long low) {
        return high != 0 ? 128 - Long.numberOfLeadingZeros(high) : 64 - Long.numberOfLeadingZeros(low);
    }

    /** The low word of the number shifted right by 0 to 127 bits. */
    static long shiftedRight(long high, long low, int bits) {
        if (bits == 0) {
            return low;
        }
        return bits >= 64 ? high >>> (bits - 64) : (low >>> bits) | (high << (64 - bits));
    }

    /** The low word of the number shifted left by 0 to 127 bits, for a number of one word. */
    static long shiftedLeftLow(long word, int bits) {
        return bits >= 64 ? 0 : word << bits;
    }

    /** The high word of the number shifted left by 0 to 127 bits, for a number of one word. */
    static long shiftedLeftHigh(long word, int bits) {
        if (bits == 0) {
            return 0;
        }
        return bits >= 64 ? word << (bits - 64) : word >>> (64 - bits);
    }
}
