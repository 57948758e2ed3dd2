package dev.freshet.aggregate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hashes of texts as bytes. The seeds are drawn anew in each process, so that nobody outside can prepare texts that
 * collide. Ids are told apart by 128 bits alone: among a million ids the chance that two fall together is about one in
 * 10<sup>26</sup>.
 */
final class TextHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_SEED = ThreadLocalRandom.current().nextLong();
    private static final long LOW_SEED = ThreadLocalRandom.current().nextLong();
    private static final long LOW_STEP = 0x9e3779b97f4a7c15L;

    private TextHash() {}

    static long high(byte[] bytes, int offset, int length) {
        long hash = HIGH_SEED ^ length;
        int at = offset;
        for (int left = length; left >= 8; left -= 8, at += 8) {
            hash = mixHigh(hash ^ (long) LONG.get(bytes, at));
        }
        return mixHigh(hash ^ tail(bytes, at, offset + length));
    }

    static long low(byte[] bytes, int offset, int length) {
        long hash = LOW_SEED + length;
        int at = offset;
        for (int left = length; left >= 8; left -= 8, at += 8) {
            hash = mixLow(hash + LOW_STEP + (long) LONG.get(bytes, at));
        }
        return mixLow(hash + LOW_STEP + tail(bytes, at, offset + length));
    }

    private static long tail(byte[] bytes, int from, int end) {
        long tail = 0;
        for (int at = end - 1; at >= from; at--) {
            tail = (tail << 8) | (bytes[at] & 0xffL);
        }
        return tail;
    }

    /** Spreads every bit over the whole word; one to one. */
    static long mixHigh(long word) {
        long mixed = (word ^ (word >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    /** As {@link #mixHigh}, with other constants. */
    static long mixLow(long word) {
        long mixed = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
