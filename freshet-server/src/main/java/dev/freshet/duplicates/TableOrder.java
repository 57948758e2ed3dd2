package dev.freshet.duplicates;

import java.util.Arrays;

/**
 * The slots of a sealed table in the order of section and id. Sorts words that hold the next 43 bits of the key above the
 * slot's number, and where those are equal, again by the bits after them.
 */
final class TableOrder {
    private static final int SLOT_BITS = 21;
    private static final int KEY_BITS = 64 - SLOT_BITS - 1;
    private static final long SLOT = (1L << SLOT_BITS) - 1;
    private static final int WHOLE_BITS = 32 + 128;

    private final IdTable table;
    private final long[] order;

    /** @param table with at most 2 million slots */
    TableOrder(IdTable table) {
        this.table = table;
        order = new long[table.size()];
        int filled = 0;
        for (int slot = 0; slot < table.slots(); slot++) {
            if (table.isFilled(slot)) {
                order[filled++] = slot;
            }
        }
        sort(0, order.length, 0);
    }

    static boolean canHold(int slots) {
        return slots <= 1 << SLOT_BITS;
    }

    int count() {
        return order.length;
    }

    int slot(int index) {
        return (int) (order[index] & SLOT);
    }

    private void sort(int from, int to, int firstBit) {
        for (int index = from; index < to; index++) {
            order[index] = (key(slot(index), firstBit) << SLOT_BITS) | slot(index);
        }
        Arrays.sort(order, from, to);
        int next = firstBit + KEY_BITS;
        if (next >= WHOLE_BITS) {
            return;
        }
        int group = from;
        for (int index = from + 1; index <= to; index++) {
            if (index == to || order[index] >>> SLOT_BITS != order[group] >>> SLOT_BITS) {
                if (index - group > 1) {
                    sort(group, index, next);
                }
                group = index;
            }
        }
    }

    /** The 42 bits from {@code firstBit} on of section, high and low word in a row. */
    private long key(int slot, int firstBit) {
        long key = 0;
        int left = KEY_BITS;
        int at = firstBit;
        while (left > 0) {
            long word;
            int end;
            if (at < 32) {
                word = (long) table.section(slot) << 32;
                end = 32;
                word <<= at;
            } else if (at < 96) {
                word = table.high(slot) << (at - 32);
                end = 96;
            } else if (at < WHOLE_BITS) {
                word = table.low(slot) << (at - 96);
                end = WHOLE_BITS;
            } else {
                return key << left;
            }
            int taken = Math.min(left, end - at);
            key = (key << taken) | (word >>> (64 - taken));
            left -= taken;
            at += taken;
        }
        return key;
    }
}
