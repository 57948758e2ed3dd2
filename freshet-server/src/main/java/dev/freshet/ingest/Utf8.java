package dev.freshet.ingest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF. */
public final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};

    private Utf8() {}

    /**
     * How long a text is once {@link #mended}; may be three times its bytes, and more than an array holds. Tells whether to
     * allocate that.
     */
    public static long mendedBytes(byte[] text) {
        long size = 0;
        int at = 0;
        while (at < text.length) {
            int fault = indexOfInvalid(text, at, text.length);
            if (fault < 0) {
                return size + (text.length - at);
            }
            size += fault - at;
            if (text[fault] != 0) {
                size += REPLACEMENT.length;
            }
            at = fault + brokenLength(text, fault);
        }
        return size;
    }

    /**
     * The text without NUL, and with one replacement character for each sequence that begins as a character and is none, as
     * Unicode recommends it.
     *
     * @param sizeBytes what {@link #mendedBytes} says
     */
    public static byte[] mended(byte[] text, int sizeBytes) {
        byte[] mended = new byte[sizeBytes];
        int size = 0;
        int at = 0;
        while (at < text.length) {
            int fault = indexOfInvalid(text, at, text.length);
            int end = fault < 0 ? text.length : fault;
            System.arraycopy(text, at, mended, size, end - at);
            size += end - at;
            at = end;
            if (fault >= 0) {
                if (text[fault] != 0) {
                    System.arraycopy(REPLACEMENT, 0, mended, size, REPLACEMENT.length);
                    size += REPLACEMENT.length;
                }
                at += brokenLength(text, fault);
            }
        }
        return mended;
    }

    /** How many bytes from a fault on one replacement stands for: the longest beginning of any character, or one byte. */
    private static int brokenLength(byte[] text, int at) {
        int lead = text[at] & 0xff;
        int second = at + 1 < text.length ? text[at + 1] & 0xff : 0;
        if (lead >= 0xe0 && lead <= 0xef) {
            return isSecondOfThree(lead, second) ? 2 : 1;
        }
        if (lead >= 0xf0 && lead <= 0xf4 && isSecondOfFour(lead, second)) {
            return hasContinuations(text, at + 2, 1, text.length) ? 3 : 2;
        }
        return 1;
    }

    /**
     * Where the first byte is that cannot stand in a JSON text: one that begins no valid sequence, or NUL, which JSON
     * never holds raw and which would make a parser guess at another encoding. -1 when all is well.
     */
    public static int indexOfInvalid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (at + 8 <= to) {
                long word = (long) LONG.get(bytes, at);
                if (((word | (word - ONES)) & HIGH_BITS) == 0) {
                    at += 8;
                    continue;
                }
            }
            byte lead = bytes[at];
            if (lead > 0) {
                at++;
                continue;
            }
            int length = sequenceLength(bytes, at, to);
            if (length == 0) {
                return at;
            }
            at += length;
        }
        return -1;
    }

    private static int sequenceLength(byte[] bytes, int at, int to) {
        int lead = bytes[at] & 0xff;
        int second = at + 1 < to ? bytes[at + 1] & 0xff : 0;
        if (lead >= 0xc2 && lead <= 0xdf) {
            return isContinuation(second) ? 2 : 0;
        }
        if (lead >= 0xe0 && lead <= 0xef) {
            return isSecondOfThree(lead, second) && hasContinuations(bytes, at + 2, 1, to) ? 3 : 0;
        }
        if (lead >= 0xf0 && lead <= 0xf4) {
            return isSecondOfFour(lead, second) && hasContinuations(bytes, at + 2, 2, to) ? 4 : 0;
        }
        return 0;
    }

    private static boolean isSecondOfThree(int lead, int second) {
        return isContinuation(second) && (lead != 0xe0 || second >= 0xa0) && (lead != 0xed || second <= 0x9f);
    }

    private static boolean isSecondOfFour(int lead, int second) {
        return isContinuation(second) && (lead != 0xf0 || second >= 0x90) && (lead != 0xf4 || second <= 0x8f);
    }

    private static boolean hasContinuations(byte[] bytes, int at, int count, int to) {
        for (int index = at; index < at + count; index++) {
            if (index >= to || !isContinuation(bytes[index] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isContinuation(int unsignedByte) {
        return (unsignedByte & 0xc0) == 0x80;
    }
}
