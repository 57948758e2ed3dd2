package dev.freshet.duplicates;

import java.util.Arrays;

/**
 * The newest ids: a hash table with open addressing and linear probing, which grows up to its limit. A section is a team's
 * number and the class of its ids. Confined to one thread until it is sealed; from then on anybody may read.
 */
final class IdTable {
    private static final int LEAST_SLOTS = 1 << 10;
    private static final int BYTES_A_SLOT = 24;
    private static final int EMPTY = -1;

    /** Gives the hash of an id, the same that it was inserted with. */
    interface Hash {
        long of(int section, long high, long low);
    }

    private final int mostSlots;
    private final Hash hash;
    private long[] ids;
    private int[] sections;
    private int[] times;
    private int size;
    private long baseMs;
    private long oldestMs;
    private long newestMs;
    private long endPosition;

    /** @param mostSlots a power of two; three in four may be filled */
    IdTable(int mostSlots, Hash hash) {
        this.mostSlots = mostSlots;
        this.hash = hash;
        int slots = Math.min(LEAST_SLOTS, mostSlots);
        ids = new long[2 * slots];
        sections = new int[slots];
        times = new int[slots];
        clear();
    }

    /** Empties it; what it grew to stays. */
    void clear() {
        Arrays.fill(sections, EMPTY);
        size = 0;
    }

    static long memoryBytes(long slots) {
        return slots * BYTES_A_SLOT;
    }

    static int mostIds(int slots) {
        return slots / 4 * 3;
    }

    long memoryBytes() {
        return memoryBytes(slots());
    }

    int slots() {
        return sections.length;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size >= mostIds(mostSlots);
    }

    long oldestMs() {
        return oldestMs;
    }

    long newestMs() {
        return newestMs;
    }

    /** Closes it to changes: it holds all settled up to that log position. */
    void seal(long position) {
        endPosition = position;
    }

    long endPosition() {
        return endPosition;
    }

    /** The slot of an id, or -1. */
    int find(long hashed, int section, long high, long low) {
        int mask = slots() - 1;
        int slot = (int) hashed & mask;
        while (sections[slot] != EMPTY) {
            if (sections[slot] == section && ids[2 * slot] == high && ids[2 * slot + 1] == low) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    boolean isFilled(int slot) {
        return sections[slot] != EMPTY;
    }

    int section(int slot) {
        return sections[slot];
    }

    long high(int slot) {
        return ids[2 * slot];
    }

    long low(int slot) {
        return ids[2 * slot + 1];
    }

    long receivedAtMs(int slot) {
        return baseMs + times[slot];
    }

    void renew(int slot, long receivedAtMs) {
        widen(receivedAtMs);
        times[slot] = offset(receivedAtMs);
    }

    /** Adds an id that is not there; must not be full. */
    void insert(long hashed, int section, long high, long low, long receivedAtMs) {
        if (size >= mostIds(slots())) {
            grow();
        }
        if (size == 0) {
            baseMs = receivedAtMs;
            oldestMs = receivedAtMs;
            newestMs = receivedAtMs;
        }
        widen(receivedAtMs);
        put(freeSlot(hashed), section, high, low, offset(receivedAtMs));
        size++;
    }

    private void widen(long receivedAtMs) {
        oldestMs = Math.min(oldestMs, receivedAtMs);
        newestMs = Math.max(newestMs, receivedAtMs);
    }

    /** Whether a time fits beside those here; 24 days before or after the first does not. */
    boolean canHold(long receivedAtMs) {
        long offset = receivedAtMs - baseMs;
        return size == 0 || offset == (int) offset;
    }

    /** Whole milliseconds from the first id's. */
    private int offset(long receivedAtMs) {
        return Math.toIntExact(receivedAtMs - baseMs);
    }

    private int freeSlot(long hashed) {
        int mask = slots() - 1;
        int slot = (int) hashed & mask;
        while (sections[slot] != EMPTY) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void put(int slot, int section, long high, long low, int time) {
        sections[slot] = section;
        ids[2 * slot] = high;
        ids[2 * slot + 1] = low;
        times[slot] = time;
    }

    private void grow() {
        long[] oldIds = ids;
        int[] oldSections = sections;
        int[] oldTimes = times;
        int slots = 2 * oldSections.length;
        ids = new long[2 * slots];
        sections = new int[slots];
        times = new int[slots];
        Arrays.fill(sections, EMPTY);
        for (int slot = 0; slot < oldSections.length; slot++) {
            if (oldSections[slot] != EMPTY) {
                long high = oldIds[2 * slot];
                long low = oldIds[2 * slot + 1];
                put(freeSlot(hash.of(oldSections[slot], high, low)), oldSections[slot], high, low, oldTimes[slot]);
            }
        }
    }

    /** Empties a slot and moves up the ids behind it that had been pushed past it. */
    void remove(int slot) {
        int mask = slots() - 1;
        int gap = slot;
        int at = slot;
        while (true) {
            at = at + 1 & mask;
            if (sections[at] == EMPTY) {
                break;
            }
            int home = (int) hash.of(sections[at], ids[2 * at], ids[2 * at + 1]) & mask;
            // Distances along the probe order: an id may move to the gap unless its home lies behind the gap.
            if ((at - home & mask) >= (at - gap & mask)) {
                put(gap, sections[at], ids[2 * at], ids[2 * at + 1], times[at]);
                gap = at;
            }
        }
        sections[gap] = EMPTY;
        size--;
    }
}
