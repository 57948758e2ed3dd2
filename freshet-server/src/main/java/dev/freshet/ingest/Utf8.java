package dev.freshet.ingest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF. */
public final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

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
            boolean isSecondSound =
                    isContinuation(second) && (lead != 0xe0 || second >= 0xa0) && (lead != 0xed || second <= 0x9f);
            return isSecondSound && hasContinuations(bytes, at + 2, 1, to) ? 3 : 0;
        }
        if (lead >= 0xf0 && lead <= 0xf4) {
            boolean isSecondSound =
                    isContinuation(second) && (lead != 0xf0 || second >= 0x90) && (lead != 0xf4 || second <= 0x8f);
            return isSecondSound && hasContinuations(bytes, at + 2, 2, to) ? 4 : 0;
        }
        return 0;
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
