package dev.freshet.reactive;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A place in an index as bytes whose unsigned order is the order of values. Made by {@link IndexKeyWriter}. A key never
 * contains the byte FF where a component begins, so that a prefix followed by FF is behind all keys with that prefix.
 */
final class IndexKey implements Comparable<IndexKey> {
    /** Before every key. */
    static final IndexKey FIRST = new IndexKey(new byte[0]);

    /** Behind every key. */
    static final IndexKey LAST = new IndexKey(new byte[] {(byte) 0xFF});

    private final byte[] bytes;

    /** The array is owned from here on. */
    IndexKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Behind all keys that begin with this one, and before all others that are behind this one. */
    IndexKey behindPrefix() {
        byte[] behind = Arrays.copyOf(bytes, bytes.length + 1);
        behind[bytes.length] = (byte) 0xFF;
        return new IndexKey(behind);
    }

    byte[] toBytes() {
        return bytes.clone();
    }

    /** The place directly behind this key. */
    IndexKey next() {
        return new IndexKey(Arrays.copyOf(bytes, bytes.length + 1));
    }

    @Override
    public int compareTo(IndexKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IndexKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
