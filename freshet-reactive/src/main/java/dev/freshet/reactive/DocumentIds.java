package dev.freshet.reactive;

import dev.freshet.runtime.Randomness;
import java.util.OptionalInt;

/**
 * Ids as Convex makes them: the table's number, 16 random bytes and a checksum, in Crockford's base 32. Clients treat
 * them as opaque; the table can be read back from them.
 */
record DocumentIds(Randomness randomness) {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int RANDOM_BYTES = 16;

    String next(int tableNumber) {
        byte[] random = randomness.bytes(RANDOM_BYTES);
        byte[] bytes = new byte[5 + RANDOM_BYTES + 2];
        int length = 0;
        int rest = tableNumber;
        while (rest >= 0x80) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        System.arraycopy(random, 0, bytes, length, RANDOM_BYTES);
        length += RANDOM_BYTES;
        int checksum = fletcher16(bytes, length);
        bytes[length++] = (byte) checksum;
        bytes[length++] = (byte) (checksum >>> 8);
        return base32(bytes, length);
    }

    /** The number of the table that the id is of; empty where the text is no id, written as {@link #next} writes it. */
    static OptionalInt tableNumberOf(String id) {
        byte[] bytes = new byte[id.length() * 5 / 8];
        int length = 0;
        int buffer = 0;
        int bits = 0;
        for (int index = 0; index < id.length(); index++) {
            int digit = ALPHABET.indexOf(id.charAt(index));
            if (digit < 0) {
                return OptionalInt.empty();
            }
            buffer = (buffer << 5) | digit;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes[length++] = (byte) (buffer >>> bits);
            }
            buffer &= (1 << bits) - 1;
        }
        int checked = length - 2;
        int prefix = checked - RANDOM_BYTES;
        if (bits >= 5
                || buffer != 0
                || prefix < 1
                || prefix > 5
                || fletcher16(bytes, checked) != ((bytes[checked] & 0xFF) | (bytes[checked + 1] & 0xFF) << 8)) {
            return OptionalInt.empty();
        }
        return variableInteger(bytes, prefix);
    }

    /** Seven bits a byte, the lowest first; each byte but the last has its high bit set. */
    private static OptionalInt variableInteger(byte[] bytes, int length) {
        long number = 0;
        for (int index = 0; index < length; index++) {
            boolean isLast = index == length - 1;
            if (bytes[index] < 0 == isLast || (isLast && index > 0 && bytes[index] == 0)) {
                return OptionalInt.empty();
            }
            number |= (long) (bytes[index] & 0x7F) << (7 * index);
        }
        return number > 0 && number <= Integer.MAX_VALUE ? OptionalInt.of((int) number) : OptionalInt.empty();
    }

    /** Fletcher's checksum of RFC 1145, modulo 256 as there and not 255 as in most places. */
    private static int fletcher16(byte[] bytes, int length) {
        int low = 0;
        int high = 0;
        for (int index = 0; index < length; index++) {
            low = (low + bytes[index]) & 0xFF;
            high = (high + low) & 0xFF;
        }
        return (high << 8) | low;
    }

    private static String base32(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder((length * 8 + 4) / 5);
        int buffer = 0;
        int bits = 0;
        for (int index = 0; index < length; index++) {
            buffer = (buffer << 8) | (bytes[index] & 0xFF);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(ALPHABET.charAt((buffer >>> bits) & 31));
            }
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) {
            text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
        }
        return text.toString();
    }
}
