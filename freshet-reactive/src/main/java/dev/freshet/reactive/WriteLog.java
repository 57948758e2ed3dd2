package dev.freshet.reactive;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The index keys that recent commits touched, newest last. Bounded: a transaction or a subscription older than the
 * oldest entry is answered as if it were in conflict, and runs again. Belongs to the committer's thread.
 *
 * <p>Beside the commits in their order it knows for each key the last that touched it. So whether a transaction is in conflict costs
 * as many look-ups as it read ranges, however many commits there were meanwhile.
 */
final class WriteLog {
    /** Keys of one range that are looked at before the commits are gone through instead. */
    private static final int MOST_KEYS_OF_A_RANGE = 64;

    private final int maxEntries;
    private final int maxKeys;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final Map<IndexId, NavigableMap<IndexKey, Long>> lastTouchNs = new HashMap<>();
    private long forgottenUpToNs;
    private int keysHeld;

    WriteLog(int maxEntries, int maxKeys, long startNs) {
        this.maxEntries = maxEntries;
        this.maxKeys = maxKeys;
        this.forgottenUpToNs = startNs;
    }

    void append(long timestampNs, List<TouchedKey> keys) {
        Entry added = new Entry(timestampNs, keys);
        entries.addLast(added);
        keysHeld += keys.size();
        noteTouches(added);
        while (entries.size() > maxEntries || keysHeld > maxKeys) {
            Entry oldest = entries.removeFirst();
            keysHeld -= oldest.keys().size();
            forgottenUpToNs = oldest.timestampNs();
            forgetTouches(oldest);
        }
    }

    private void noteTouches(Entry entry) {
        for (TouchedKey touched : entry.keys()) {
            lastTouchNs
                    .computeIfAbsent(touched.index(), ignored -> new TreeMap<>())
                    .put(touched.key(), entry.timestampNs());
        }
    }

    private void forgetTouches(Entry entry) {
        for (TouchedKey touched : entry.keys()) {
            NavigableMap<IndexKey, Long> ofIndex = lastTouchNs.get(touched.index());
            if (ofIndex != null) {
                ofIndex.remove(touched.key(), entry.timestampNs());
                if (ofIndex.isEmpty()) {
                    lastTouchNs.remove(touched.index());
                }
            }
        }
    }

    /** Takes back all commits after the timestamp. */
    void forgetAfter(long timestampNs) {
        while (!entries.isEmpty() && entries.getLast().timestampNs() > timestampNs) {
            keysHeld -= entries.removeLast().keys().size();
        }
        // What was forgotten of them has not happened either.
        forgottenUpToNs = Math.min(forgottenUpToNs, timestampNs);
        lastTouchNs.clear();
        entries.forEach(this::noteTouches);
    }

    /** Whether a commit after the timestamp touched the read set, or may have. */
    boolean isTouchedAfter(long timestampNs, ReadSet reads) {
        if (timestampNs < forgottenUpToNs) {
            return true;
        }
        if (entries.isEmpty() || entries.getLast().timestampNs() <= timestampNs) {
            return false;
        }
        for (Map.Entry<IndexId, List<Interval>> ofIndex : reads.intervals().entrySet()) {
            NavigableMap<IndexKey, Long> touches = lastTouchNs.get(ofIndex.getKey());
            if (touches != null) {
                for (Interval interval : ofIndex.getValue()) {
                    int looked = 0;
                    for (long touchNs :
                            touches.subMap(interval.lower(), interval.upper()).values()) {
                        if (touchNs > timestampNs) {
                            return true;
                        }
                        if (++looked == MOST_KEYS_OF_A_RANGE) {
                            return firstOverlapAmong(timestampNs, reads).isPresent();
                        }
                    }
                }
            }
        }
        return false;
    }

    /** The first commit after the timestamp that touched the read set, or may have; empty if none did. */
    OptionalLong firstOverlapAfter(long timestampNs, ReadSet reads) {
        if (timestampNs < forgottenUpToNs) {
            // Any of the forgotten ones may have been the first, so nothing after the timestamp is known to hold.
            return OptionalLong.of(timestampNs + 1);
        }
        return isTouchedAfter(timestampNs, reads) ? firstOverlapAmong(timestampNs, reads) : OptionalLong.empty();
    }

    private OptionalLong firstOverlapAmong(long timestampNs, ReadSet reads) {
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
