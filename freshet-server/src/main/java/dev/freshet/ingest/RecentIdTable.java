package dev.freshet.ingest;

import java.util.Arrays;

/**
 * A hash table of (team, id) with the time of receipt, open addressing with linear probing. Times are kept as the lower 32
 * bits of their milliseconds, exact as long as none is older than 24 days: its owner rebuilds it every day.
 */
final class RecentIdTable {
    static final int LEAST_SLOTS = 64;

    private static final int BYTES_A_SLOT = 24;
    private static final int NO_TEAM = -1;

    /** Gives the hash of an id, the same that it was inserted with. */
    interface Hash {
        long of(int team, long high, long low);
    }

    private final long[] ids;
    private final int[] teams;
    private final int[] receivedAt;
    private final int mask;
    private int size;

    /** @param slots a power of two */
    RecentIdTable(int slots) {
        ids = new long[2 * slots];
        teams = new int[slots];
        receivedAt = new int[slots];
        mask = slots - 1;
        Arrays.fill(teams, NO_TEAM);
    }

    /** The slots of a table that has room for as many ids. */
    static int slotsFor(int count) {
        int slots = LEAST_SLOTS;
        while (fullAt(slots) < count) {
            slots *= 2;
        }
        return slots;
    }

    private static int fullAt(int slots) {
        return slots / 4 * 3;
    }

    static long memoryBytes(int slots) {
        return (long) slots * BYTES_A_SLOT;
    }

    long memoryBytes() {
        return memoryBytes(slots());
    }

    int slots() {
        return teams.length;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size >= fullAt(slots());
    }

    /** The slot of an id, or -1. */
    int find(long hash, int team, long high, long low) {
        int slot = (int) hash & mask;
        while (teams[slot] != NO_TEAM) {
            if (teams[slot] == team && ids[2 * slot] == high && ids[2 * slot + 1] == low) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    boolean isExpired(int slot, long nowMs) {
        return (int) nowMs - receivedAt[slot] >= RecentIds.WINDOW.toMillis();
    }

    void renew(int slot, long receivedAtMs) {
        receivedAt[slot] = (int) receivedAtMs;
    }

    /** Adds an id that is not there; the table must not be full. */
    void insert(long hash, int team, long high, long low, long receivedAtMs) {
        insert(hash, team, high, low, (int) receivedAtMs);
    }

    private void insert(long hash, int team, long high, long low, int time) {
        int slot = (int) hash & mask;
        while (teams[slot] != NO_TEAM) {
            slot = slot + 1 & mask;
        }
        put(slot, team, high, low, time);
        size++;
    }

    private void put(int slot, int team, long high, long low, int time) {
        teams[slot] = team;
        ids[2 * slot] = high;
        ids[2 * slot + 1] = low;
        receivedAt[slot] = time;
    }

    /** Empties a slot and moves up the ids behind it that had been pushed past it. */
    void remove(int slot, Hash hash) {
        int gap = slot;
        int at = slot;
        while (true) {
            at = at + 1 & mask;
            if (teams[at] == NO_TEAM) {
                break;
            }
            int home = (int) hash.of(teams[at], ids[2 * at], ids[2 * at + 1]) & mask;
            // Distances along the probe order: an id may move to the gap unless its home lies behind the gap.
            if ((at - home & mask) >= (at - gap & mask)) {
                put(gap, teams[at], ids[2 * at], ids[2 * at + 1], receivedAt[at]);
                gap = at;
            }
        }
        teams[gap] = NO_TEAM;
        size--;
    }

    int countKept(long nowMs) {
        int count = 0;
        for (int slot = 0; slot < slots(); slot++) {
            if (teams[slot] != NO_TEAM && !isExpired(slot, nowMs)) {
                count++;
            }
        }
        return count;
    }

    /** A table of another size with the ids that are not expired. */
    RecentIdTable rebuilt(int slots, long nowMs, Hash hash) {
        RecentIdTable table = new RecentIdTable(slots);
        for (int slot = 0; slot < slots(); slot++) {
            if (teams[slot] != NO_TEAM && !isExpired(slot, nowMs)) {
                long high = ids[2 * slot];
                long low = ids[2 * slot + 1];
                table.insert(hash.of(teams[slot], high, low), teams[slot], high, low, receivedAt[slot]);
            }
        }
        return table;
    }
}
