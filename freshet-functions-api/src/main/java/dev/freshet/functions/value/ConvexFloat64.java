package dev.freshet.functions.value;

/**
 * A 64-bit floating point number; an ordinary number in JavaScript. Ordered by IEEE's total order, in which a negative
 * NaN is first and a positive one last; equality follows the bits.
 */
public record ConvexFloat64(double value) implements ConvexValue {
    /** Up to here every whole number is exact. */
    static final long MAX_SAFE_INTEGER = 1L << 53;

    @Override
    public ValueType type() {
        return ValueType.FLOAT64;
    }

    /** The bits, turned so that signed comparison of them is the total order. */
    public long orderBits() {
        long bits = Double.doubleToRawLongBits(value);
        return bits ^ ((bits >> 63) & Long.MAX_VALUE);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConvexFloat64(double otherValue)
                && Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(otherValue);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(Double.doubleToRawLongBits(value));
    }

    @Override
    public long size() {
        return 9;
    }

    @Override
    public int depth() {
        return 0;
    }

    @Override
    public String toString() {
        return Double.toString(value);
    }
}
