package dev.freshet.reactive;

import dev.freshet.functions.api.IndexRange;
import java.util.List;

/** Turns ranges by fields into intervals of index keys. */
final class IndexRanges {
    private IndexRanges() {}

    static Interval intervalOf(TableIndex index, IndexRange range) {
        List<String> fields = index.rangeFields();
        IndexKeyWriter prefix = new IndexKeyWriter();
        int position = 0;
        for (IndexRange.FieldValue equal : range.equal()) {
            requireField(index, fields, position++, equal.field());
            prefix.add(equal.value());
        }
        IndexKey equalPrefix = prefix.key();
        Interval whole = range.equal().isEmpty() ? Interval.ALL : Interval.ofPrefix(equalPrefix);
        IndexKey lower = whole.lower();
        IndexKey upper = whole.upper();
        if (range.lower().isPresent()) {
            IndexRange.Bound bound = range.lower().get();
            requireField(index, fields, position, bound.field());
            IndexKey key = keyOf(range, bound);
            lower = bound.inclusive() ? key : key.behindPrefix();
        }
        if (range.upper().isPresent()) {
            IndexRange.Bound bound = range.upper().get();
            requireField(index, fields, position, bound.field());
            IndexKey key = keyOf(range, bound);
            upper = bound.inclusive() ? key.behindPrefix() : key;
        }
        return new Interval(lower, upper);
    }

    private static IndexKey keyOf(IndexRange range, IndexRange.Bound bound) {
        IndexKeyWriter writer = new IndexKeyWriter();
        range.equal().forEach(equal -> writer.add(equal.value()));
        return writer.add(bound.value()).key();
    }

    private static void requireField(TableIndex index, List<String> fields, int position, String field) {
        if (position >= fields.size() || !fields.get(position).equals(field)) {
            throw new IllegalArgumentException(
                    "a range of the index " + index.id().index() + " names the fields " + fields
                            + " in this order, not " + field + " as number " + (position + 1));
        }
    }
}
