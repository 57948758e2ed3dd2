package dev.freshet.functions.value;

import java.util.Arrays;
import java.util.HexFormat;

/** A string of bytes; an ArrayBuffer in JavaScript. Ordered as unsigned bytes, a prefix before what it begins. */
public final class ConvexBytes implements ConvexValue {
    private final byte[] bytes;

    private ConvexBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes a copy of the array. */
    public static ConvexBytes copyOf(byte[] bytes) {
        return new ConvexBytes(bytes.clone());
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** How many bytes there are. */
    public int length() {
        return bytes.length;
    }

    int compareBytes(ConvexBytes other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public ValueType type() {
        return ValueType.BYTES;
    }

    @Override
    public long size() {
        return bytes.length + 2L;
    }

    @Override
    public int depth() {
        return 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConvexBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "bytes:" + HexFormat.of().formatHex(bytes);
    }
}
