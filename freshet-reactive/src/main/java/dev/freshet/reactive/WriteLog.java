package dev.freshet.reactive;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The index keys that recent commits touched, newest last. Bounded: a transaction or a subscription older than the
 * oldest entry is answered as if it were in conflict, and runs again. Belongs to the committer's thread.
 */
final class WriteLog {
    private final int maxEntries;
    private final int maxKeys;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long forgottenUpToNs;
    private int keysHeld;

    WriteLog(int maxEntries, int maxKeys, long startNs) {
        this.maxEntries = maxEntries;
        this.maxKeys = maxKeys;
        this.forgottenUpToNs = startNs;
    }

    void append(long timestampNs, List<TouchedKey> keys) {
        entries.addLast(new Entry(timestampNs, keys));
        keysHeld += keys.size();
        while (entries.size() > maxEntries || keysHeld > maxKeys) {
            Entry oldest = entries.removeFirst();
            keysHeld -= oldest.keys().size();
            forgottenUpToNs = oldest.timestampNs();
        }
    }

    /** Takes back all commits after the timestamp. */
    void forgetAfter(long timestampNs) {
        while (!entries.isEmpty() && entries.getLast().timestampNs() > timestampNs) {
            keysHeld -= entries.removeLast().keys().size();
        }
    }

    /** The first commit after the timestamp that touched the read set, or may have; empty if none did. */
    OptionalLong firstOverlapAfter(long timestampNs, ReadSet reads) {
        if (timestampNs < forgottenUpToNs) {
            // Any of the forgotten ones may have been the first, so nothing after the timestamp is known to hold.
            return OptionalLong.of(timestampNs + 1);
        }
        OptionalLong first = OptionalLong.empty();
        for (Iterator<Entry> newestFirst = entries.descendingIterator(); newestFirst.hasNext(); ) {
            Entry entry = newestFirst.next();
            if (entry.timestampNs() <= timestampNs) {
                break;
            }
            if (entry.touches(reads)) {
                first = OptionalLong.of(entry.timestampNs());
            }
        }
        return first;
    }

    /** A key that a commit took away or put there. */
    record TouchedKey(IndexId index, IndexKey key) {}

    private record Entry(long timestampNs, List<TouchedKey> keys) {
        boolean touches(ReadSet reads) {
            for (TouchedKey touched : keys) {
                if (reads.contains(touched.index(), touched.key())) {
                    return true;
                }
            }
            return false;
        }
    }
}
