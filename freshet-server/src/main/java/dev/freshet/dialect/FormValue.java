package dev.freshet.dialect;

import java.util.Arrays;

/** A value of a form, {@code application/x-www-form-urlencoded}, as bytes: it may be long, and need not be text. */
final class FormValue {
    private FormValue() {}

    /**
     * The value that stands from {@code from} to {@code to}, without white space around it.
     *
     * @throws IllegalArgumentException when a percent sign does not begin an escape
     */
    static byte[] decode(byte[] form, int from, int to) {
        byte[] value = new byte[to - from];
        int size = 0;
        for (int at = from; at < to; at++) {
            byte character = form[at];
            if (character == '%') {
                value[size++] = escaped(form, at, to);
                at += 2;
            } else {
                value[size++] = character == '+' ? (byte) ' ' : character;
            }
        }
        return strip(value, size);
    }

    private static byte escaped(byte[] form, int at, int to) {
        int high = at + 2 < to ? Character.digit(form[at + 1], 16) : -1;
        int low = at + 2 < to ? Character.digit(form[at + 2], 16) : -1;
        if (high < 0 || low < 0) {
            throw new IllegalArgumentException("a percent sign begins no escape at byte " + at);
        }
        return (byte) (high << 4 | low);
    }

    private static byte[] strip(byte[] value, int size) {
        int from = 0;
        int to = size;
        while (from < to && isSpace(value[from])) {
            from++;
        }
        while (to > from && isSpace(value[to - 1])) {
            to--;
        }
        return from == 0 && to == value.length ? value : Arrays.copyOfRange(value, from, to);
    }

    private static boolean isSpace(byte character) {
        return character == ' ' || (character >= '\t' && character <= '\r');
    }
}
