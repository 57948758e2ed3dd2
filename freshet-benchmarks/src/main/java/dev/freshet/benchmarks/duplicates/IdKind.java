package dev.freshet.benchmarks.duplicates;

/** Ids as senders make them, from a counter, so that a benchmark can make each of them again. */
enum IdKind {
    /** Random. */
    V4,
    /** The hash of something, which looks random too. */
    V5,
    /** The time and 74 random bits. */
    V7;

    long high(long counter, long timeMs) {
        long random = mix(counter);
        return switch (this) {
            case V4 -> (random & ~0xf000L) | 0x4000;
            case V5 -> (random & ~0xf000L) | 0x5000;
            case V7 -> (timeMs << 16) | 0x7000 | (random & 0xfff);
        };
    }

    long low(long counter) {
        return (mix(~counter) >>> 2) | (1L << 63);
    }

    private static long mix(long value) {
        long mixed = value * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
