package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of an index: values for its first fields, then at most one lower and one upper bound for the next field. Reads
 * as a sentence: {@code IndexRange.all().eq("channel", channel).gt("sentAt", since)}. Immutable. That the fields are the
 * index's, in its order, is checked when it is used.
 *
 * @param equal the leading fields and their values
 * @param lower the bound from below on the field after them
 * @param upper the bound from above on that field
 */
public record IndexRange(List<FieldValue> equal, Optional<Bound> lower, Optional<Bound> upper) {
    private static final IndexRange ALL = new IndexRange(List.of(), Optional.empty(), Optional.empty());

    public IndexRange {
        equal = List.copyOf(equal);
        if (lower.isPresent()
                && upper.isPresent()
                && !lower.get().field().equals(upper.get().field())) {
            throw new IllegalArgumentException("both bounds of an index range must be on the same field, not on "
                    + lower.get().field() + " and " + upper.get().field());
        }
    }

    /** The whole index. */
    public static IndexRange all() {
        return ALL;
    }

    /** Narrows to documents whose field has this value. */
    public IndexRange eq(String field, ConvexValue value) {
        if (lower.isPresent() || upper.isPresent()) {
            throw new IllegalArgumentException("eq(\"" + field + "\") must come before the bounds of an index range");
        }
        List<FieldValue> more = new ArrayList<>(equal);
        more.add(new FieldValue(field, value));
        return new IndexRange(more, lower, upper);
    }

    /** Narrows to documents whose field is this string. */
    public IndexRange eq(String field, String value) {
        return eq(field, ConvexValue.of(value));
    }

    /** Narrows to documents whose field is after the value. */
    public IndexRange gt(String field, ConvexValue value) {
        return withLower(new Bound(field, value, false));
    }

    /** Narrows to documents whose field is the value or after it. */
    public IndexRange gte(String field, ConvexValue value) {
        return withLower(new Bound(field, value, true));
    }

    /** Narrows to documents whose field is before the value. */
    public IndexRange lt(String field, ConvexValue value) {
        return withUpper(new Bound(field, value, false));
    }

    /** Narrows to documents whose field is the value or before it. */
    public IndexRange lte(String field, ConvexValue value) {
        return withUpper(new Bound(field, value, true));
    }

    private IndexRange withLower(Bound bound) {
        if (lower.isPresent()) {
            throw new IllegalArgumentException("an index range has one lower bound");
        }
        return new IndexRange(equal, Optional.of(bound), upper);
    }

    private IndexRange withUpper(Bound bound) {
        if (upper.isPresent()) {
            throw new IllegalArgumentException("an index range has one upper bound");
        }
        return new IndexRange(equal, lower, Optional.of(bound));
    }

    /** A leading field and its value. */
    public record FieldValue(String field, ConvexValue value) {}

    /** An end of the range. */
    public record Bound(String field, ConvexValue value, boolean inclusive) {}
}
