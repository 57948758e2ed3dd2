package dev.freshet.functions.value;

/** A 64-bit whole number; a BigInt in JavaScript. */
public record ConvexInt64(long value) implements ConvexValue {
    @Override
    public ValueType type() {
        return ValueType.INT64;
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
        return value + "n";
    }
}
