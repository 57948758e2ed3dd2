package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.event.EventLimits;

/** Text as messages hold it, made fit to be stored. */
final class Texts {
    private Texts() {}

    /** Without NUL, and with a replacement character for each half of a surrogate pair. */
    static String clean(String text) {
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (character == 0 || Character.isSurrogate(character)) {
                return cleaned(text);
            }
        }
        return text;
    }

    private static String cleaned(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().filter(codePoint -> codePoint != 0).forEach(codePoint -> {
            boolean isHalf = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            clean.appendCodePoint(isHalf ? '\ufffd' : codePoint);
        });
        return clean.toString();
    }

    /** The first 200 characters, which is what names and ids may have. */
    static String cut(String text) {
        return cut(text, EventLimits.TEXT_CODE_POINTS);
    }

    static String cut(String text, int mostCodePoints) {
        if (text.length() <= mostCodePoints || text.codePointCount(0, text.length()) <= mostCodePoints) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, mostCodePoints));
    }

    /** A value as text: numbers and objects as they are written, empty for what is not there. */
    static String of(JsonNode value) {
        if (value.isTextual()) {
            return value.textValue();
        }
        return value.isMissingNode() || value.isNull() ? "" : value.toString();
    }

    /** The first of these values that is not empty. */
    static String first(JsonNode... values) {
        for (JsonNode value : values) {
            String text = of(value);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }
}
