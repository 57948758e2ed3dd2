package dev.freshet.ingest;

import dev.freshet.event.EventLimits;
import dev.freshet.event.EventRowsBuilder;
import java.nio.charset.StandardCharsets;

/** One text field of the event being decoded, as UTF-8, checked while it is copied. Reused from event to event. */
final class FieldText {
    /** What became of a text. */
    enum Outcome {
        TAKEN,
        TOO_LONG,
        HOLDS_NUL,
        HOLDS_LONE_SURROGATE
    }

    private byte[] utf8 = new byte[64];
    private int length;

    void clear() {
        length = 0;
    }

    boolean isEmpty() {
        return length == 0;
    }

    void addTo(EventRowsBuilder rows) {
        rows.text(utf8, 0, length);
    }

    /** Takes over up to {@link EventLimits#TEXT_CODE_POINTS} code points; keeps nothing unless all is well. */
    Outcome take(char[] characters, int from, int count) {
        length = 0;
        if (count > 2 * EventLimits.TEXT_CODE_POINTS) {
            return Outcome.TOO_LONG;
        }
        if (utf8.length < 3 * count) {
            utf8 = new byte[3 * count];
        }
        int end = from + count;
        int size = 0;
        int codePoints = 0;
        for (int at = from; at < end; at++, codePoints++) {
            char character = characters[at];
            if (character < 0x80) {
                if (character == 0) {
                    return Outcome.HOLDS_NUL;
                }
                utf8[size++] = (byte) character;
            } else if (Character.isSurrogate(character)) {
                boolean isPair = Character.isHighSurrogate(character)
                        && at + 1 < end
                        && Character.isLowSurrogate(characters[at + 1]);
                if (!isPair) {
                    return Outcome.HOLDS_LONE_SURROGATE;
                }
                size = put(size, Character.toCodePoint(character, characters[++at]));
            } else {
                size = put(size, character);
            }
        }
        if (codePoints > EventLimits.TEXT_CODE_POINTS) {
            return Outcome.TOO_LONG;
        }
        length = size;
        return Outcome.TAKEN;
    }

    private int put(int from, int codePoint) {
        int size = from;
        if (codePoint < 0x800) {
            utf8[size++] = (byte) (0xc0 | codePoint >> 6);
        } else {
            if (codePoint < 0x10000) {
                utf8[size++] = (byte) (0xe0 | codePoint >> 12);
            } else {
                utf8[size++] = (byte) (0xf0 | codePoint >> 18);
                utf8[size++] = (byte) (0x80 | ((codePoint >> 12) & 0x3f));
            }
            utf8[size++] = (byte) (0x80 | ((codePoint >> 6) & 0x3f));
        }
        utf8[size++] = (byte) (0x80 | (codePoint & 0x3f));
        return size;
    }

    @Override
    public String toString() {
        return new String(utf8, 0, length, StandardCharsets.UTF_8);
    }
}
