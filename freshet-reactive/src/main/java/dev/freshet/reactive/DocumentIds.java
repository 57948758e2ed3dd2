package dev.freshet.reactive;

import dev.freshet.runtime.Randomness;

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
