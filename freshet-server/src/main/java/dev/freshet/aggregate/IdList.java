package dev.freshet.aggregate;

import java.util.Arrays;

/** Ids that wait for their time, two words each. Not thread-safe. */
final class IdList {
    /** What one id takes, spare room included. */
    static final long BYTES = 24;

    private long[] words = new long[8];
    private int size;

    void add(long high, long low) {
        if (size == words.length) {
            words = Arrays.copyOf(words, size * 2);
        }
        words[size++] = high;
        words[size++] = low;
    }

    int size() {
        return size / 2;
    }

    long high(int index) {
        return words[index * 2];
    }

    long low(int index) {
        return words[index * 2 + 1];
    }
}
