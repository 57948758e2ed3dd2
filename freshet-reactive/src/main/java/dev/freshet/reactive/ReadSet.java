package dev.freshet.reactive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a function looked at: intervals of index keys, whether anything was found there or not. A commit that writes a
 * key within one of them may change what the function returns; any other commit cannot. Immutable.
 */
public final class ReadSet {
    private static final ReadSet EMPTY = new ReadSet(Map.of());

    /** For each index its intervals, sorted, apart from each other, none empty. */
    private final Map<IndexId, List<Interval>> intervals;

    private ReadSet(Map<IndexId, List<Interval>> intervals) {
        this.intervals = intervals;
    }

    /** Nothing was looked at. */
    public static ReadSet empty() {
        return EMPTY;
    }

    static Builder builder() {
        return new Builder();
    }

    Map<IndexId, List<Interval>> intervals() {
        return intervals;
    }

    /** How many intervals there are. */
    public int size() {
        return intervals.values().stream().mapToInt(List::size).sum();
    }

    boolean contains(IndexId index, IndexKey key) {
        List<Interval> ofIndex = intervals.getOrDefault(index, List.of());
        int low = 0;
        int high = ofIndex.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Interval interval = ofIndex.get(middle);
            if (key.compareTo(interval.lower()) < 0) {
                high = middle - 1;
            } else if (key.compareTo(interval.upper()) >= 0) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    /** Collects intervals while a function runs. Thread-safe, since a function that is given up goes on reading. */
    static final class Builder {
        /** Guarded by this object, as is {@link #count}. */
        private final Map<IndexId, List<Interval>> intervals = new HashMap<>();

        private int count;

        synchronized void add(IndexId index, Interval interval) {
            if (!interval.isEmpty()) {
                intervals.computeIfAbsent(index, ignored -> new ArrayList<>()).add(interval);
                count++;
            }
        }

        synchronized int count() {
            return count;
        }

        synchronized ReadSet build() {
            if (intervals.isEmpty()) {
                return EMPTY;
            }
            Map<IndexId, List<Interval>> merged = new HashMap<>();
            intervals.forEach((index, ofIndex) -> merged.put(index, merge(ofIndex)));
            return new ReadSet(Map.copyOf(merged));
        }

        private static List<Interval> merge(List<Interval> ofIndex) {
            if (ofIndex.size() == 1) {
                return List.of(ofIndex.getFirst());
            }
            List<Interval> sorted = new ArrayList<>(ofIndex);
            Collections.sort(sorted);
            List<Interval> merged = new ArrayList<>();
            for (Interval interval : sorted) {
                if (!merged.isEmpty()
                        && interval.lower().compareTo(merged.getLast().upper()) <= 0) {
                    Interval last = merged.removeLast();
                    IndexKey upper = last.upper().compareTo(interval.upper()) >= 0 ? last.upper() : interval.upper();
                    merged.add(new Interval(last.lower(), upper));
                } else {
                    merged.add(interval);
                }
            }
            return List.copyOf(merged);
        }
    }
}
