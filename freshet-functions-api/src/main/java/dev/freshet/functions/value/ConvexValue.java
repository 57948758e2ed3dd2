package dev.freshet.functions.value;

import java.util.List;

/**
 * A Convex value. The order is Convex's: null, int64, float64, boolean, string, bytes, array, object; an int64 is never
 * compared with a float64 by number. Equality agrees with the order, so {@code -0.0} and {@code 0.0} differ and a NaN
 * equals itself.
 *
 * <p>JavaScript numbers are float64, so {@link #of(long)} and {@link #of(double)} both make one; a JavaScript BigInt is
 * {@link #int64(long)}.
 */
public sealed interface ConvexValue extends Comparable<ConvexValue>
        permits ConvexNull,
                ConvexInt64,
                ConvexFloat64,
                ConvexBoolean,
                ConvexString,
                ConvexBytes,
                ConvexArray,
                ConvexObject {

    /** The null value. */
    static ConvexValue ofNull() {
        return ConvexNull.NULL;
    }

    /** A float64. */
    static ConvexFloat64 of(double value) {
        return new ConvexFloat64(value);
    }

    /**
     * A float64 from a whole number.
     *
     * @throws InvalidValueException when the number is beyond ±2^53 and would lose digits; use {@link #int64(long)}
     */
    static ConvexFloat64 of(long value) {
        if (value > ConvexFloat64.MAX_SAFE_INTEGER || value < -ConvexFloat64.MAX_SAFE_INTEGER) {
            throw new InvalidValueException("the whole number " + value + " does not fit a float64 exactly");
        }
        return new ConvexFloat64(value);
    }

    /** An int64, which JavaScript sees as a BigInt. */
    static ConvexInt64 int64(long value) {
        return new ConvexInt64(value);
    }

    /** A boolean. */
    static ConvexBoolean of(boolean value) {
        return value ? ConvexBoolean.TRUE : ConvexBoolean.FALSE;
    }

    /**
     * A string.
     *
     * @throws InvalidValueException when it holds a lone surrogate
     */
    static ConvexString of(String value) {
        return new ConvexString(value);
    }

    /** Bytes; the array is copied. */
    static ConvexBytes of(byte[] value) {
        return ConvexBytes.copyOf(value);
    }

    /**
     * An array.
     *
     * @throws InvalidValueException when it is longer than {@link ValueLimits#MAX_ARRAY_LENGTH}
     */
    static ConvexArray of(List<? extends ConvexValue> elements) {
        return new ConvexArray(List.copyOf(elements));
    }

    /** An array of the given elements. */
    static ConvexArray array(ConvexValue... elements) {
        return new ConvexArray(List.of(elements));
    }

    /** An array of strings. */
    static ConvexArray strings(Iterable<String> elements) {
        List<ConvexValue> values = new java.util.ArrayList<>();
        for (String element : elements) {
            values.add(of(element));
        }
        return new ConvexArray(List.copyOf(values));
    }

    /** Which of the eight types this is. */
    ValueType type();

    /** Size in bytes by Convex's formula, which limits are stated in. Walks the whole value. */
    long size();

    /** Levels of arrays and objects: 0 for a scalar, 1 for an array of scalars. Walks the whole value. */
    int depth();

    @Override
    default int compareTo(ConvexValue other) {
        return ValueOrder.compare(this, other);
    }
}
