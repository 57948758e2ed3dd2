package dev.freshet.reactive;

/** The places of an index from {@code lower} on and before {@code upper}. */
record Interval(IndexKey lower, IndexKey upper) implements Comparable<Interval> {
    static final Interval ALL = new Interval(IndexKey.FIRST, IndexKey.LAST);

    /** All keys that begin with the prefix. */
    static Interval ofPrefix(IndexKey prefix) {
        return new Interval(prefix, prefix.behindPrefix());
    }

    boolean contains(IndexKey key) {
        return lower.compareTo(key) <= 0 && key.compareTo(upper) < 0;
    }

    boolean isEmpty() {
        return lower.compareTo(upper) >= 0;
    }

    @Override
    public int compareTo(Interval other) {
        int order = lower.compareTo(other.lower);
        return order != 0 ? order : upper.compareTo(other.upper);
    }
}
