package dev.freshet.functions.value;

/** The null value: one instance, {@link #NULL}. */
public record ConvexNull() implements ConvexValue {
    /** The one null. */
    public static final ConvexNull NULL = new ConvexNull();

    @Override
    public ValueType type() {
        return ValueType.NULL;
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
        return "null";
    }
}
