package dev.freshet.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.event.EventLimits;
import dev.freshet.event.EventRowsBuilder;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The properties of the event being decoded: the sender's own bytes without the white space between tokens, so that
 * numbers and escapes stay exactly as they were sent. Reused from event to event.
 *
 * <p>Refused is what two readers could understand differently: a key twice in one object, lone surrogates, numbers that
 * are neither a 64-bit integer nor a finite double.
 */
final class PropertiesCopy {
    static final int DEPTH_LIMIT = 64;

    private static final byte[] EMPTY = {'{', '}'};
    private static final int FEW_NAMES = 16;

    /** Quotes, colon and a value of one character. */
    private static final int LEAST_FIELD_BYTES = 4;

    private static final BigInteger MIN_INTEGER = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_INTEGER = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final byte[] body;
    private byte[] json = EMPTY;
    private final List<String> names = new ArrayList<>();
    private final List<Level> levels = new ArrayList<>();
    private int parserStart;
    private int length;
    private int namesBytes;
    private boolean isTooLarge;

    PropertiesCopy(byte[] body) {
        this.body = body;
    }

    /** Says where in the body byte 0 of the parser is that comes next. */
    void parserStartsAt(int bodyOffset) {
        parserStart = bodyOffset;
    }

    void clear() {
        length = 0;
        isTooLarge = false;
    }

    boolean isTooLarge() {
        return isTooLarge;
    }

    void addTo(EventRowsBuilder rows) {
        if (length == 0) {
            rows.text(EMPTY, 0, EMPTY.length);
        } else {
            rows.text(json, 0, length);
        }
    }

    /**
     * Takes over the object that the parser stands at the beginning of and moves the parser to its end, also when it is
     * refused.
     *
     * @return what is wrong with it, as the end of a sentence about the properties
     */
    Optional<String> take(JsonParser parser) throws IOException {
        int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        Optional<String> fault = check(parser);
        if (fault.isPresent() || isTooLarge) {
            return fault;
        }
        int end = Math.toIntExact(parser.currentLocation().getByteOffset());
        return compact(parserStart + start, parserStart + end);
    }

    private Optional<String> check(JsonParser parser) throws IOException {
        Optional<String> fault = Optional.empty();
        int depth = 0;
        namesBytes = 0;
        names.clear();
        enter(0);
        while (true) {
            JsonToken token = parser.nextToken();
            switch (token) {
                case START_OBJECT, START_ARRAY -> {
                    depth++;
                    if (depth < DEPTH_LIMIT) {
                        enter(depth);
                    } else {
                        fault = Optional.of("are nested deeper than " + DEPTH_LIMIT + " levels; flatten them");
                        parser.skipChildren();
                        depth--;
                    }
                }
                case END_OBJECT, END_ARRAY -> {
                    if (depth == 0) {
                        return fault;
                    }
                    names.subList(levels.get(depth).firstName, names.size()).clear();
                    depth--;
                }
                case FIELD_NAME -> {
                    namesBytes += parser.currentName().length() + LEAST_FIELD_BYTES;
                    if (namesBytes > EventLimits.PROPERTIES_BYTES) {
                        // Whatever the rest is; its names would only take memory.
                        isTooLarge = true;
                        skip(parser, depth);
                        return fault;
                    }
                    if (isRepeated(parser.currentName(), depth)) {
                        fault = Optional.of(
                                "hold the key \"" + Quoted.of(parser.currentName()) + "\" twice; send it once");
                    }
                }
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    if (!isUsualNumber(parser, token)) {
                        fault = Optional.of(
                                "hold a number that is neither a 64-bit integer nor a finite double; send it as a string");
                    }
                }
                case VALUE_STRING, VALUE_TRUE, VALUE_FALSE, VALUE_NULL, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> {}
            }
        }
    }

    /** Moves to the end of the object that {@link #take} began at. */
    private static void skip(JsonParser parser, int fromDepth) throws IOException {
        for (int depth = fromDepth; depth >= 0; ) {
            JsonToken token = parser.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
        }
    }

    private void enter(int depth) {
        if (depth == levels.size()) {
            levels.add(new Level());
        }
        levels.get(depth).firstName = names.size();
        levels.get(depth).nameSet = Set.of();
    }

    private boolean isRepeated(String name, int depth) {
        Level level = levels.get(depth);
        if (names.size() - level.firstName < FEW_NAMES) {
            for (int index = level.firstName; index < names.size(); index++) {
                if (names.get(index).equals(name)) {
                    return true;
                }
            }
        } else {
            if (level.nameSet.isEmpty()) {
                level.nameSet = new HashSet<>(names.subList(level.firstName, names.size()));
            }
            if (!level.nameSet.add(name)) {
                return true;
            }
        }
        names.add(name);
        return false;
    }

    private static boolean isUsualNumber(JsonParser parser, JsonToken token) throws IOException {
        int textLength = parser.getTextLength();
        if (textLength <= 18 && (token == JsonToken.VALUE_NUMBER_INT || !hasExponent(parser))) {
            return true;
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            if (textLength > 21) {
                return false;
            }
            BigInteger value = new BigInteger(parser.getText());
            return value.compareTo(MIN_INTEGER) >= 0 && value.compareTo(MAX_INTEGER) <= 0;
        }
        return textLength <= 1_000 && Double.isFinite(Double.parseDouble(parser.getText()));
    }

    private static boolean hasExponent(JsonParser parser) throws IOException {
        char[] text = parser.getTextCharacters();
        int end = parser.getTextOffset() + parser.getTextLength();
        for (int at = parser.getTextOffset(); at < end; at++) {
            if ((text[at] | 0x20) == 'e') {
                return true;
            }
        }
        return false;
    }

    /** Copies without white space; the bytes are sound JSON, the parser having read them. */
    private Optional<String> compact(int from, int to) {
        int sizeBound = Math.min(to - from, EventLimits.PROPERTIES_BYTES);
        if (json.length < sizeBound) {
            json = new byte[sizeBound];
        }
        int size = 0;
        boolean isInText = false;
        for (int at = from; at < to; at++) {
            byte current = body[at];
            if (!isInText && current <= ' ' && current >= 0) {
                continue;
            }
            if (size == json.length) {
                isTooLarge = true;
                return Optional.empty();
            }
            json[size++] = current;
            if (current == '"') {
                isInText = !isInText;
            } else if (current == '\\') {
                int escapeLength = escapeLength(at);
                if (escapeLength == 0) {
                    return Optional.of("hold half of a surrogate pair (\\ud800 to \\udfff); send whole characters");
                }
                if (json.length - size < escapeLength - 1) {
                    isTooLarge = true;
                    return Optional.empty();
                }
                System.arraycopy(body, at + 1, json, size, escapeLength - 1);
                size += escapeLength - 1;
                at += escapeLength - 1;
            }
        }
        length = size;
        return Optional.empty();
    }

    /** How many bytes the escape at a backslash takes, a surrogate pair as one; 0 for half of a pair. */
    private int escapeLength(int at) {
        if (body[at + 1] != 'u') {
            return 2;
        }
        int unit = hexUnit(at + 2);
        if (unit < 0xd800 || unit > 0xdfff) {
            return 6;
        }
        boolean isPair = unit <= 0xdbff
                && body[at + 6] == '\\'
                && body[at + 7] == 'u'
                && hexUnit(at + 8) >= 0xdc00
                && hexUnit(at + 8) <= 0xdfff;
        return isPair ? 12 : 0;
    }

    private int hexUnit(int at) {
        int unit = 0;
        for (int index = at; index < at + 4; index++) {
            unit = unit << 4 | Character.digit(body[index], 16);
        }
        return unit;
    }

    /** An open object: where its names begin in the list of all, and the same as a set once they are many. */
    private static final class Level {
        private int firstName;
        private Set<String> nameSet = Set.of();
    }
}
