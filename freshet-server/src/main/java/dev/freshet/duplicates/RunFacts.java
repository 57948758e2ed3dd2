package dev.freshet.duplicates;

/**
 * What is known of a run as a whole.
 *
 * @param level how often its ids were merged
 * @param oldestMs the earliest first receipt in it
 * @param newestMs the latest
 * @param timeShift times are kept in units of {@code 1 << timeShift} milliseconds from {@code oldestMs}
 * @param timeBits how many bits an id's time takes; 0 when it is only known to lie between the two
 */
record RunFacts(int level, long oldestMs, long newestMs, int timeShift, int timeBits) {
    /** With times in milliseconds. */
    static RunFacts exact(int level, long oldestMs, long newestMs) {
        return new RunFacts(level, oldestMs, newestMs, 0, exactBits(oldestMs, newestMs));
    }

    /** With times in no more than so many bits. */
    static RunFacts within(int level, long oldestMs, long newestMs, int mostBits) {
        int exact = exactBits(oldestMs, newestMs);
        int bits = Math.max(0, Math.min(exact, mostBits));
        return new RunFacts(level, oldestMs, newestMs, exact - bits, bits);
    }

    private static int exactBits(long oldestMs, long newestMs) {
        return 64 - Long.numberOfLeadingZeros(newestMs - oldestMs);
    }

    long unit(long receivedAtMs) {
        return (receivedAtMs - oldestMs) >>> timeShift;
    }

    /** The latest millisecond of the unit, so that an id is never forgotten too early. */
    long latestMs(long unit) {
        return Math.min(newestMs, oldestMs + ((unit + 1) << timeShift) - 1);
    }
}
