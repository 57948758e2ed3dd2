package dev.freshet.functions.value;

/** True or false. */
public record ConvexBoolean(boolean value) implements ConvexValue {
    /** The value true. */
    public static final ConvexBoolean TRUE = new ConvexBoolean(true);

    /** The value false. */
    public static final ConvexBoolean FALSE = new ConvexBoolean(false);

    @Override
    public ValueType type() {
        return ValueType.BOOLEAN;
    }

    @Override
    public long size() {
        return 1;
    }

    @Override
    public int depth() {
        return 0;
    }

    @Override
    public String toString() {
        return Boolean.toString(value);
    }
}
