package dev.freshet.dialect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.ingest.LongTexts;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Reads one message at a time into a small tree, whose size is bounded whatever the message is: what is past the bounds is
 * left out and {@link #isCut} says so. A key that comes twice has its last value; numbers that are neither a 64-bit integer
 * nor a finite double become text. Confined to one thread.
 */
final class MessageReader {
    private static final int MOST_DEPTH = 64;
    private static final int MOST_FIELDS = 1_000;
    private static final int MOST_VALUES = 50_000;
    private static final int MOST_TEXT = 4 * 1024 * 1024;
    private static final int MOST_FIELD_TEXT = 8 * 1024;
    private static final int MOST_VALUE_TEXT = PropertiesJson.MOST_BYTES;
    private static final int MOST_NAME = 1_000;
    private static final int MOST_NUMBER = 1_000;
    private static final int UNSIGNED_LONG_DIGITS = 20;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final BigInteger MIN_INTEGER = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_INTEGER = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final LongTexts longTexts;
    private int values;
    private int text;
    private boolean isCut;

    /**
     * @param body what the parser reads
     * @param parserStart where in it byte 0 of the parser is
     */
    MessageReader(byte[] body, int parserStart) {
        longTexts = new LongTexts(body);
        longTexts.parserStartsAt(parserStart);
    }

    /** Prepares for the next message. */
    void begin() {
        values = 0;
        text = 0;
        isCut = false;
    }

    /** Whether something of the message was left out. */
    boolean isCut() {
        return isCut;
    }

    /** Reads the object at whose beginning the parser stands, and leaves the parser at its end. */
    ObjectNode message(JsonParser parser) throws IOException {
        begin();
        ObjectNode message = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            field(name, parser, message);
        }
        return message;
    }

    /** Reads the value at which the parser stands into a field of the message. */
    void field(String name, JsonParser parser, ObjectNode message) throws IOException {
        if (message.size() >= MOST_FIELDS || name.length() > MOST_NAME) {
            leaveOut(parser);
        } else if (parser.currentToken() == JsonToken.VALUE_STRING && !longTexts.isLong(parser)) {
            // Ids and names, which stay whatever the rest of the message takes.
            message.put(name, Texts.clean(Texts.cut(parser.getText(), MOST_FIELD_TEXT)));
        } else {
            value(parser, 1).ifPresent(value -> message.set(name, value));
        }
    }

    private Optional<JsonNode> value(JsonParser parser, int depth) throws IOException {
        JsonToken token = parser.currentToken();
        if (++values > MOST_VALUES || (depth > MOST_DEPTH && token.isStructStart())) {
            return leaveOut(parser);
        }
        return switch (token) {
            case START_OBJECT -> Optional.of(object(parser, depth));
            case START_ARRAY -> Optional.of(array(parser, depth));
            case VALUE_STRING -> textValue(parser);
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> decimal(parser);
            case VALUE_TRUE -> Optional.of(NODES.booleanNode(true));
            case VALUE_FALSE -> Optional.of(NODES.booleanNode(false));
            case VALUE_NULL, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE, FIELD_NAME, END_OBJECT, END_ARRAY ->
                Optional.of(NODES.nullNode());
        };
    }

    private ObjectNode object(JsonParser parser, int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            text += name.length();
            if (name.length() > MOST_NAME || text > MOST_TEXT) {
                leaveOut(parser);
            } else {
                String clean = Texts.clean(name);
                value(parser, depth + 1).ifPresent(value -> object.set(clean, value));
            }
        }
        return object;
    }

    private ArrayNode array(JsonParser parser, int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            value(parser, depth + 1).ifPresent(array::add);
        }
        return array;
    }

    private Optional<JsonNode> textValue(JsonParser parser) throws IOException {
        if (longTexts.isLong(parser)) {
            return leaveOut(parser);
        }
        text += Math.min(parser.getTextLength(), MOST_TEXT);
        if (parser.getTextLength() > MOST_VALUE_TEXT || text > MOST_TEXT) {
            return leaveOut(parser);
        }
        return Optional.of(NODES.textNode(Texts.clean(parser.getText())));
    }

    private Optional<JsonNode> integer(JsonParser parser) throws IOException {
        if (parser.getTextLength() < UNSIGNED_LONG_DIGITS - 1) {
            return Optional.of(NODES.numberNode(parser.getLongValue()));
        }
        if (parser.getTextLength() <= UNSIGNED_LONG_DIGITS) {
            BigInteger value = new BigInteger(parser.getText());
            if (value.compareTo(MIN_INTEGER) >= 0 && value.compareTo(MAX_INTEGER) <= 0) {
                return Optional.of(NODES.numberNode(value));
            }
        }
        return numberAsText(parser);
    }

    private Optional<JsonNode> decimal(JsonParser parser) throws IOException {
        if (parser.getTextLength() <= MOST_NUMBER) {
            double value = Double.parseDouble(parser.getText());
            if (Double.isFinite(value)) {
                return Optional.of(NODES.numberNode(value));
            }
        }
        return numberAsText(parser);
    }

    private Optional<JsonNode> numberAsText(JsonParser parser) throws IOException {
        return parser.getTextLength() <= MOST_NUMBER ? Optional.of(NODES.textNode(parser.getText())) : leaveOut(parser);
    }

    private Optional<JsonNode> leaveOut(JsonParser parser) throws IOException {
        isCut = true;
        parser.skipChildren();
        return Optional.empty();
    }
}
