package dev.freshet.ingest;

/** Reads a UUID in the usual form of 8-4-4-4-12 hexadecimal digits, in any case. Reused from event to event. */
final class UuidText {
    private static final int LENGTH = 36;

    private long high;
    private long low;

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** False when the text is no UUID. */
    boolean parse(char[] text, int from, int length) {
        if (length != LENGTH) {
            return false;
        }
        long[] words = new long[2];
        int digits = 0;
        for (int index = 0; index < LENGTH; index++) {
            char character = text[from + index];
            if (index == 8 || index == 13 || index == 18 || index == 23) {
                if (character != '-') {
                    return false;
                }
                continue;
            }
            int digit = character < 0x80 ? Character.digit(character, 16) : -1;
            if (digit < 0) {
                return false;
            }
            words[digits / 16] = words[digits / 16] << 4 | digit;
            digits++;
        }
        high = words[0];
        low = words[1];
        return true;
    }
}
