package dev.freshet.aggregate;

import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import java.util.Arrays;

/**
 * For each id the last bucket it was seen in. An id whose bucket left the window is not removed at once: it is treated as
 * absent by the caller and swept when room is needed. Three words an id, open addressing; not thread-safe.
 */
final class IdTable {
    /** No bucket: the id is not here. */
    static final long ABSENT = Long.MIN_VALUE;

    private static final int FIRST_CAPACITY = 64;
    private static final int WORDS = 3;

    private final int mostIds;
    private final LiveMemory memory;
    private long[] table = newTable(FIRST_CAPACITY);
    private int capacity = FIRST_CAPACITY;
    private int size;

    IdTable(int mostIds, LiveMemory memory) {
        this.mostIds = mostIds;
        this.memory = memory;
    }

    /** What a table of this capacity is reckoned at; the first is too small to be. */
    private static long bytes(int capacity) {
        return capacity == FIRST_CAPACITY ? 0 : (long) capacity * WORDS * Long.BYTES;
    }

    /** Gives the memory back; the table is of no use afterwards. */
    void discard() {
        memory.free(bytes(capacity));
    }

    /** The bucket an id has, or {@link #ABSENT}. */
    long find(long high, long low) {
        return table[slotOf(table, capacity, high, low) + 2];
    }

    /**
     * Sets the bucket of an id.
     *
     * @param firstBucket ids of earlier buckets may be forgotten
     * @throws MetricException LIMIT_EXCEEDED when there are too many ids
     */
    void put(long high, long low, long bucket, long firstBucket) {
        int slot = slotOf(table, capacity, high, low);
        if (table[slot + 2] == ABSENT) {
            if (size + 1 > capacity / 8 * 5) {
                makeRoom(firstBucket);
                slot = slotOf(table, capacity, high, low);
            }
            table[slot] = high;
            table[slot + 1] = low;
            size++;
        }
        table[slot + 2] = bucket;
    }

    private void makeRoom(long firstBucket) {
        int living = 0;
        for (int slot = 2; slot < table.length; slot += WORDS) {
            if (table[slot] >= firstBucket) {
                living++;
            }
        }
        if (living >= mostIds) {
            throw new MetricException(
                    MetricErrorCode.LIMIT_EXCEEDED,
                    "metric has more than " + mostIds + " distinct users or sessions; narrow its match or its range");
        }
        int wanted = living > capacity / 16 * 5 ? capacity * 2 : capacity;
        memory.reserve(bytes(wanted) - bytes(capacity));
        long[] next = newTable(wanted);
        for (int slot = 0; slot < table.length; slot += WORDS) {
            if (table[slot + 2] >= firstBucket && table[slot + 2] != ABSENT) {
                int target = slotOf(next, wanted, table[slot], table[slot + 1]);
                System.arraycopy(table, slot, next, target, WORDS);
            }
        }
        table = next;
        capacity = wanted;
        size = living;
    }

    int size() {
        return size;
    }

    private static int slotOf(long[] table, int capacity, long high, long low) {
        int mask = capacity - 1;
        for (int index = (int) high & mask; ; index = (index + 1) & mask) {
            int slot = index * WORDS;
            if (table[slot + 2] == ABSENT || (table[slot] == high && table[slot + 1] == low)) {
                return slot;
            }
        }
    }

    private static long[] newTable(int capacity) {
        long[] table = new long[capacity * WORDS];
        Arrays.fill(table, ABSENT);
        return table;
    }
}
