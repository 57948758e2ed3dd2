package dev.freshet.duplicates;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a page of up to {@value #MOST_IDS} sorted numbers with their times of receipt, little-endian:
 *
 * <pre>
 * checksum of all that follows (4), count (2), lower bits (1), time bits (1), first number (16)
 * lower bits of each number less the first | time of each | upper bits, in unary: the i-th sets bit upper + i
 * </pre>
 *
 * This is Elias and Fano's code: with as many lower bits as the mean distance has, a number costs those and about two more,
 * whatever the distances are. Sorting is what saves: 43 million random numbers of 122 bits take 98.6 bits each.
 */
final class PageCodec {
    static final int MOST_IDS = 1024;

    /** The header, 128 bits and 40 bits of time an id, 3 bits in unary, and what rounding and reading by words add. */
    static final int MOST_BYTES = 24 + MOST_IDS * (128 + 40 + 3) / 8 + 32;

    static final int HEADER_BYTES = 24;
    static final int MOST_TIME_BITS = 40;

    private static final int COUNT = 4;
    private static final int LOWER_BITS = 6;
    private static final int TIME_BITS = 7;
    private static final int FIRST_HIGH = 8;
    private static final int FIRST_LOW = 16;

    private PageCodec() {}

    /**
     * Writes a page from the start of {@code page}, which must hold {@link #MOST_BYTES}.
     *
     * @param times each smaller than {@code 1 << timeBits}
     * @return the page's bytes, a multiple of eight
     */
    static int encode(ByteBuffer page, long[] highs, long[] lows, long[] times, int count, int timeBits) {
        long spanHigh = Unsigned128.differenceHigh(highs[count - 1], lows[count - 1], highs[0], lows[0]);
        long spanLow = lows[count - 1] - lows[0];
        int lowerBits =
                Math.max(0, Unsigned128.bitLength(spanHigh, spanLow) - 1 - (31 - Integer.numberOfLeadingZeros(count)));
        int unary = count + (int) Unsigned128.shiftedRight(spanHigh, spanLow, lowerBits);
        int upperAt = count * (lowerBits + timeBits);
        int size = HEADER_BYTES + (upperAt + unary + 63) / 64 * 8;
        for (int at = 0; at < size; at += 8) {
            page.putLong(at, 0);
        }
        page.putShort(COUNT, (short) count)
                .put(LOWER_BITS, (byte) lowerBits)
                .put(TIME_BITS, (byte) timeBits)
                .putLong(FIRST_HIGH, highs[0])
                .putLong(FIRST_LOW, lows[0]);
        for (int index = 0; index < count; index++) {
            long low = lows[index] - lows[0];
            long high = Unsigned128.differenceHigh(highs[index], lows[index], highs[0], lows[0]);
            int lowerAt = index * lowerBits;
            if (lowerBits <= 64) {
                putBits(page, lowerAt, lowerBits, low);
            } else {
                putBits(page, lowerAt, 64, low);
                putBits(page, lowerAt + 64, lowerBits - 64, high);
            }
            putBits(page, count * lowerBits + index * timeBits, timeBits, times[index]);
            putBits(page, upperAt + index + (int) Unsigned128.shiftedRight(high, low, lowerBits), 1, 1);
        }
        page.putInt(0, checksum(page, size));
        return size;
    }

    private static int checksum(ByteBuffer page, int size) {
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate().limit(size).position(4));
        return (int) crc.getValue();
    }

    /** Whether {@code size} bytes of {@code page} are a page as it was written. */
    static boolean isSound(ByteBuffer page, int size) {
        return size > HEADER_BYTES && page.getInt(0) == checksum(page, size) && isPossible(page, size);
    }

    /** Whether the header fits what follows it, so that whoever believes it reads nothing outside of the page. */
    private static boolean isPossible(ByteBuffer page, int size) {
        int count = count(page);
        int lowerBits = page.get(LOWER_BITS);
        int timeBits = timeBits(page);
        boolean isSane = size <= MOST_BYTES
                && size % 8 == 0
                && count > 0
                && count <= MOST_IDS
                && lowerBits >= 0
                && timeBits >= 0
                && timeBits <= MOST_TIME_BITS;
        if (!isSane) {
            return false;
        }
        int end = (size - HEADER_BYTES) * 8;
        int ones = 0;
        for (int at = count * (lowerBits + timeBits); at < end; at += 64) {
            ones += Long.bitCount(bits(page, at, Math.min(64, end - at)));
        }
        return ones == count;
    }

    static int count(ByteBuffer page) {
        return page.getShort(COUNT);
    }

    static int timeBits(ByteBuffer page) {
        return page.get(TIME_BITS);
    }

    static long firstHigh(ByteBuffer page) {
        return page.getLong(FIRST_HIGH);
    }

    static long firstLow(ByteBuffer page) {
        return page.getLong(FIRST_LOW);
    }

    /** The place of a number in a sound page of {@code size} bytes, or -1. */
    static int find(ByteBuffer page, int size, long high, long low) {
        long firstHigh = firstHigh(page);
        long firstLow = firstLow(page);
        if (Unsigned128.compare(high, low, firstHigh, firstLow) < 0) {
            return -1;
        }
        long pastHigh = Unsigned128.differenceHigh(high, low, firstHigh, firstLow);
        long pastLow = low - firstLow;
        int count = count(page);
        int lowerBits = page.get(LOWER_BITS);
        if (Unsigned128.bitLength(pastHigh, pastLow) - lowerBits > 16) {
            return -1;
        }
        int upper = (int) Unsigned128.shiftedRight(pastHigh, pastLow, lowerBits);
        int upperAt = count * (lowerBits + timeBits(page));
        int end = (size - HEADER_BYTES) * 8;
        int at = behindZeros(page, upperAt, end, upper);
        for (int index = at - upperAt - upper; index < count && at < end && bits(page, at, 1) != 0; index++, at++) {
            if (lowerLow(page, index, lowerBits) == lowerWord(pastLow, lowerBits)
                    && lowerHigh(page, index, lowerBits) == lowerWord(pastHigh, lowerBits - 64)) {
                return index;
            }
        }
        return -1;
    }

    /** The bit right behind as many zeros; the end where there are fewer. */
    private static int behindZeros(ByteBuffer page, int from, int end, int zeros) {
        int at = from;
        int left = zeros;
        while (left > 0 && at < end) {
            int width = Math.min(64, end - at);
            long word = bits(page, at, width);
            int inWord = width - Long.bitCount(word);
            if (inWord < left) {
                left -= inWord;
                at += width;
            } else {
                while (left > 0) {
                    left -= (int) (~word & 1);
                    word >>>= 1;
                    at++;
                }
            }
        }
        return at;
    }

    /** Reads all numbers of a sound page; returns how many. */
    static int decode(ByteBuffer page, long[] highs, long[] lows, long[] times) {
        int count = count(page);
        int lowerBits = page.get(LOWER_BITS);
        int timeBits = timeBits(page);
        long firstHigh = firstHigh(page);
        long firstLow = firstLow(page);
        int at = count * (lowerBits + timeBits);
        long upper = 0;
        for (int index = 0; index < count; index++) {
            while (bits(page, at, 1) == 0) {
                upper++;
                at++;
            }
            at++;
            long low = lowerLow(page, index, lowerBits) | Unsigned128.shiftedLeftLow(upper, lowerBits);
            long high = lowerHigh(page, index, lowerBits) | Unsigned128.shiftedLeftHigh(upper, lowerBits);
            lows[index] = firstLow + low;
            highs[index] = Unsigned128.sumHigh(firstHigh, firstLow, high, low);
            times[index] = time(page, index);
        }
        return count;
    }

    static long time(ByteBuffer page, int index) {
        int timeBits = timeBits(page);
        return bits(page, count(page) * page.get(LOWER_BITS) + index * timeBits, timeBits);
    }

    private static long lowerLow(ByteBuffer page, int index, int lowerBits) {
        return bits(page, index * lowerBits, Math.min(lowerBits, 64));
    }

    private static long lowerHigh(ByteBuffer page, int index, int lowerBits) {
        return lowerBits <= 64 ? 0 : bits(page, index * lowerBits + 64, lowerBits - 64);
    }

    private static long lowerWord(long word, int bits) {
        if (bits <= 0) {
            return 0;
        }
        return bits >= 64 ? word : word & ((1L << bits) - 1);
    }

    private static void putBits(ByteBuffer page, int bit, int width, long value) {
        if (width == 0) {
            return;
        }
        long masked = lowerWord(value, width);
        int at = HEADER_BYTES + (bit >>> 6 << 3);
        int shift = bit & 63;
        page.putLong(at, page.getLong(at) | (masked << shift));
        if (shift + width > 64) {
            page.putLong(at + 8, page.getLong(at + 8) | (masked >>> (64 - shift)));
        }
    }

    private static long bits(ByteBuffer page, int bit, int width) {
        if (width == 0) {
            return 0;
        }
        int at = HEADER_BYTES + (bit >>> 6 << 3);
        int shift = bit & 63;
        long value = page.getLong(at) >>> shift;
        if (shift + width > 64) {
            value |= page.getLong(at + 8) << (64 - shift);
        }
        return lowerWord(value, width);
    }
}
