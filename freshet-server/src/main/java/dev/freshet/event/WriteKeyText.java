package dev.freshet.event;

import java.util.List;
import java.util.regex.Pattern;

/** Write keys in text that is kept for people to look at, where none may stand. */
public final class WriteKeyText {
    /** What every key begins with that Freshet made; operators may choose others. */
    public static final String PREFIX = "fwk_";

    /** Stands where a key stood. */
    public static final String HIDDEN = "[write key]";

    private static final Pattern MADE_KEY = Pattern.compile(PREFIX + "[A-Za-z0-9_-]+");

    /** The JSON fields in which SDKs send keys, with each message or once a request. */
    private static final List<String> FIELDS =
            List.of("\"writeKey\"", "\"write_key\"", "\"api_key\"", "\"apiKey\"", "\"token\"", "\"$token\"");

    private WriteKeyText() {}

    /** Puts {@link #HIDDEN} in the place of keys: of what looks like one, and of whatever a field for keys holds, also a cut one. */
    public static String hide(String text) {
        String hidden = text;
        for (String field : FIELDS) {
            hidden = hideField(hidden, field);
        }
        return hidden.contains(PREFIX) ? MADE_KEY.matcher(hidden).replaceAll(HIDDEN) : hidden;
    }

    private static String hideField(String text, String field) {
        int at = text.indexOf(field);
        if (at < 0) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        int copied = 0;
        for (; at >= 0; at = text.indexOf(field, at + field.length())) {
            int start = valueOf(text, at + field.length());
            if (start >= 0) {
                shown.append(text, copied, start).append('"').append(HIDDEN).append('"');
                copied = endOfString(text, start);
            }
        }
        return shown.append(text, copied, text.length()).toString();
    }

    /** Where the string begins that is the value of the field whose name ends here; -1 where it has another. */
    private static int valueOf(String text, int endOfName) {
        int colon = afterBlanks(text, endOfName);
        if (colon == text.length() || text.charAt(colon) != ':') {
            return -1;
        }
        int value = afterBlanks(text, colon + 1);
        return value < text.length() && text.charAt(value) == '"' ? value : -1;
    }

    private static int afterBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int endOfString(String text, int quote) {
        int at = quote + 1;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, text.length());
    }
}
