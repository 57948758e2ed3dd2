package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexBoolean;
import dev.freshet.functions.value.ConvexBytes;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexInt64;
import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Writes values so that the unsigned order of the bytes is Convex's order of the values. Each component begins with a
 * tag in the order of the types; strings and bytes end in 00 and escape a 00 within as 00 FF; arrays and objects end in
 * 00, which is less than any tag. Used by one thread for one key.
 */
final class IndexKeyWriter {
    private static final int MISSING = 0x01;
    private static final int NULL = 0x02;
    private static final int INT64 = 0x03;
    private static final int FLOAT64 = 0x04;
    private static final int FALSE = 0x05;
    private static final int TRUE = 0x06;
    private static final int STRING = 0x07;
    private static final int BYTES = 0x08;
    private static final int ARRAY = 0x09;
    private static final int OBJECT = 0x0A;
    private static final int FIELD = 0x01;
    private static final int END = 0x00;
    private static final int ESCAPE = 0xFF;

    private byte[] bytes = new byte[48];
    private int length;

    /** Appends a component; empty stands for a field that a document does not have. */
    IndexKeyWriter add(Optional<ConvexValue> value) {
        if (value.isPresent()) {
            write(value.get());
        } else {
            put(MISSING);
        }
        return this;
    }

    IndexKeyWriter add(ConvexValue value) {
        write(value);
        return this;
    }

    IndexKeyWriter addString(String text) {
        put(STRING);
        writeEscaped(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    IndexKeyWriter addFloat64(double number) {
        put(FLOAT64);
        putLong(new ConvexFloat64(number).orderBits());
        return this;
    }

    IndexKey key() {
        return new IndexKey(Arrays.copyOf(bytes, length));
    }

    private void write(ConvexValue value) {
        switch (value) {
            case ConvexNull ignored -> put(NULL);
            case ConvexInt64(long number) -> {
                put(INT64);
                putLong(number);
            }
            case ConvexFloat64 number -> {
                put(FLOAT64);
                putLong(number.orderBits());
            }
            case ConvexBoolean(boolean flag) -> put(flag ? TRUE : FALSE);
            case ConvexString(String text) -> addString(text);
            case ConvexBytes raw -> {
                put(BYTES);
                writeEscaped(raw.toByteArray());
            }
            case ConvexArray array -> {
                put(ARRAY);
                array.forEach(this::write);
                put(END);
            }
            case ConvexObject object -> {
                put(OBJECT);
                for (Map.Entry<String, ConvexValue> field : object.fields().entrySet()) {
                    put(FIELD);
                    writeEscaped(field.getKey().getBytes(StandardCharsets.UTF_8));
                    write(field.getValue());
                }
                put(END);
            }
        }
    }

    private void writeEscaped(byte[] raw) {
        for (byte octet : raw) {
            put(octet);
            if (octet == 0) {
                put(ESCAPE);
            }
        }
        put(END);
    }

    private void putLong(long signed) {
        long ordered = signed ^ Long.MIN_VALUE;
        for (int shift = 56; shift >= 0; shift -= 8) {
            put((int) (ordered >>> shift));
        }
    }

    private void put(int octet) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        bytes[length++] = (byte) octet;
    }
}
