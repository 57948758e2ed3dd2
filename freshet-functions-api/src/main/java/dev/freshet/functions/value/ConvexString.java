package dev.freshet.functions.value;

import java.util.Objects;

/** A string of well-formed Unicode, ordered by its UTF-8 bytes. */
public record ConvexString(String value) implements ConvexValue {
    public ConvexString {
        Objects.requireNonNull(value, "value");
        if (hasLoneSurrogate(value)) {
            throw new InvalidValueException("a string must be well-formed Unicode and this one holds a lone surrogate");
        }
    }

    private static boolean hasLoneSurrogate(String text) {
        int length = text.length();
        for (int index = 0; index < length; index++) {
            char unit = text.charAt(index);
            if (Character.isSurrogate(unit)) {
                boolean pair = Character.isHighSurrogate(unit)
                        && index + 1 < length
                        && Character.isLowSurrogate(text.charAt(index + 1));
                if (!pair) {
                    return true;
                }
                index++;
            }
        }
        return false;
    }

    /** How many bytes UTF-8 takes, without encoding. */
    static long utf8Length(String text) {
        long bytes = 0;
        for (int index = 0; index < text.length(); index++) {
            char unit = text.charAt(index);
            // Each half of a pair counts two of the pair's four bytes.
            bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return bytes;
    }

    @Override
    public ValueType type() {
        return ValueType.STRING;
    }

    @Override
    public long size() {
        return utf8Length(value) + 2;
    }

    @Override
    public int depth() {
        return 0;
    }

    @Override
    public String toString() {
        return '"' + value + '"';
    }
}
