package dev.freshet.aggregate;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Values by text, looked up by a range of bytes without making an object. Open addressing; not thread-safe.
 *
 * @param <V> the values
 */
final class TextMap<V> {
    private static final int FIRST_CAPACITY = 16;

    private @Nullable Entry<V>[] table = newTable(FIRST_CAPACITY);
    private int size;

    private static final class Entry<V> {
        final byte[] text;
        final long hash;
        final V value;

        Entry(byte[] text, long hash, V value) {
            this.text = text;
            this.hash = hash;
            this.value = value;
        }
    }

    @Nullable
    V find(byte[] bytes, int offset, int length, long hash) {
        int mask = table.length - 1;
        for (int slot = (int) hash & mask; ; slot = (slot + 1) & mask) {
            Entry<V> entry = table[slot];
            if (entry == null) {
                return null;
            }
            if (entry.hash == hash && Arrays.equals(entry.text, 0, entry.text.length, bytes, offset, offset + length)) {
                return entry.value;
            }
        }
    }

    /** Adds a text that is not there yet. */
    void add(byte[] text, long hash, V value) {
        if (size + 1 > table.length / 2) {
            rebuild(table.length * 2, _ -> true);
        }
        insert(table, new Entry<>(text, hash, value));
        size++;
    }

    void add(byte[] text, V value) {
        add(text, TextHash.high(text, 0, text.length), value);
    }

    int size() {
        return size;
    }

    void keepOnly(Predicate<V> wanted) {
        rebuild(table.length, wanted);
    }

    void forEach(Consumer<V> action) {
        for (Entry<V> entry : table) {
            if (entry != null) {
                action.accept(entry.value);
            }
        }
    }

    private void rebuild(int capacity, Predicate<V> wanted) {
        @Nullable Entry<V>[] next = newTable(capacity);
        size = 0;
        for (Entry<V> entry : table) {
            if (entry != null && wanted.test(entry.value)) {
                insert(next, entry);
                size++;
            }
        }
        table = next;
    }

    private static <V> void insert(@Nullable Entry<V>[] table, Entry<V> entry) {
        int mask = table.length - 1;
        int slot = (int) entry.hash & mask;
        while (table[slot] != null) {
            slot = (slot + 1) & mask;
        }
        table[slot] = entry;
    }

    @SuppressWarnings("unchecked")
    private static <V> @Nullable Entry<V>[] newTable(int capacity) {
        return (@Nullable Entry<V>[]) new Entry<?>[capacity];
    }
}
