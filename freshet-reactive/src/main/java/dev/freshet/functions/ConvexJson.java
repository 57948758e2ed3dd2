package dev.freshet.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexBoolean;
import dev.freshet.functions.value.ConvexBytes;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexInt64;
import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Values as JSON on the wire. Bare numbers are float64, always written with a fraction; int64, bytes and the floats that
 * JSON cannot say are objects with one key that begins with {@code $}.
 */
public final class ConvexJson {
    /** Shared by all that reads and writes JSON in this module. */
    public static final JsonFactory FACTORY = JsonFactory.builder().build();

    private static final int MAX_DEPTH = 64;

    private ConvexJson() {}

    /** The value's encoding. */
    public static String encode(ConvexValue value) {
        return encode(value, false);
    }

    /** The format {@code export_json}: the value's encoding, but int64 as bare whole numbers. */
    public static String encodeExport(ConvexValue value) {
        return encode(value, true);
    }

    private static String encode(ConvexValue value, boolean bareIntegers) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(generator, value, bareIntegers);
        } catch (IOException failure) {
            throw new UncheckedIOException("writing to memory failed", failure);
        }
        return text.toString();
    }

    /** Appends the value's encoding. */
    public static void write(JsonGenerator generator, ConvexValue value) throws IOException {
        write(generator, value, false);
    }

    private static void write(JsonGenerator generator, ConvexValue value, boolean bareIntegers) throws IOException {
        switch (value) {
            case ConvexNull ignored -> generator.writeNull();
            case ConvexBoolean(boolean flag) -> generator.writeBoolean(flag);
            case ConvexString(String text) -> generator.writeString(text);
            case ConvexFloat64(double number) -> {
                if (Double.isFinite(number) && !isNegativeZero(number)) {
                    generator.writeNumber(number);
                } else {
                    writeSpecial(generator, "$float", base64(Double.doubleToRawLongBits(number)));
                }
            }
            case ConvexInt64(long number) when bareIntegers -> generator.writeNumber(number);
            case ConvexInt64(long number) -> writeSpecial(generator, "$integer", base64(number));
            case ConvexBytes bytes ->
                writeSpecial(generator, "$bytes", Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case ConvexArray array -> {
                generator.writeStartArray();
                for (ConvexValue element : array) {
                    write(generator, element, bareIntegers);
                }
                generator.writeEndArray();
            }
            case ConvexObject object -> {
                generator.writeStartObject();
                for (Map.Entry<String, ConvexValue> field : object.fields().entrySet()) {
                    generator.writeFieldName(field.getKey());
                    write(generator, field.getValue(), bareIntegers);
                }
                generator.writeEndObject();
            }
        }
    }

    private static boolean isNegativeZero(double number) {
        return number == 0 && Double.doubleToRawLongBits(number) != 0;
    }

    private static void writeSpecial(JsonGenerator generator, String name, String content) throws IOException {
        generator.writeStartObject();
        generator.writeStringField(name, content);
        generator.writeEndObject();
    }

    /** Eight bytes, little-endian, in base 64: how 64-bit numbers travel. */
    public static String base64(long number) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(number)
                        .array());
    }

    /**
     * Reads what {@link #base64(long)} wrote.
     *
     * @throws InvalidValueException when it is something else
     */
    public static long fromBase64(String text) {
        byte[] bytes = bytesOf(text);
        if (bytes.length != 8) {
            throw new InvalidValueException("a 64-bit number has 8 bytes, not " + bytes.length);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static byte[] bytesOf(String text) {
        try {
            // The decoder would also take a text without its padding, which the clients never send.
            if (text.length() % 4 != 0) {
                throw new InvalidValueException("\"" + text + "\" is not base 64 with its padding");
            }
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException malformed) {
            throw new InvalidValueException("\"" + text + "\" is not base 64");
        }
    }

    /**
     * Reads one value from its encoding.
     *
     * @throws InvalidValueException when it is not JSON, not a value, or more than one
     */
    public static ConvexValue decode(String json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            ConvexValue value = read(parser);
            if (parser.nextToken() != null) {
                throw new InvalidValueException("there is more than one JSON value");
            }
            return value;
        } catch (IOException malformed) {
            throw new InvalidValueException("malformed JSON: " + malformed.getMessage());
        }
    }

    /**
     * Reads the value at whose first token the parser stands, and leaves it at the last.
     *
     * @throws InvalidValueException when it is not a value
     */
    public static ConvexValue read(JsonParser parser) throws IOException {
        return read(parser, 0);
    }

    private static ConvexValue read(JsonParser parser, int depth) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new InvalidValueException("a JSON value is missing");
        }
        return switch (token) {
            case VALUE_NULL -> ConvexNull.NULL;
            case VALUE_TRUE -> ConvexBoolean.TRUE;
            case VALUE_FALSE -> ConvexBoolean.FALSE;
            case VALUE_STRING -> ConvexValue.of(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> ConvexValue.of(parser.getDoubleValue());
            case START_ARRAY -> readArray(parser, depth + 1);
            case START_OBJECT -> readObject(parser, depth + 1);
            case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new InvalidValueException("a JSON value is missing");
        };
    }

    private static void requireDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new InvalidValueException("a value is nested at most " + MAX_DEPTH + " deep");
        }
    }

    private static ConvexArray readArray(JsonParser parser, int depth) throws IOException {
        requireDepth(depth);
        List<ConvexValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(read(parser, depth));
        }
        return ConvexValue.of(elements);
    }

    private static ConvexValue readObject(JsonParser parser, int depth) throws IOException {
        ConvexObject.Builder fields = ConvexObject.builder();
        boolean first = true;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (first && name.startsWith("$")) {
                return readSpecial(parser, name);
            }
            requireDepth(depth);
            fields.put(name, read(parser, depth));
            first = false;
        }
        requireDepth(depth);
        return fields.build();
    }

    private static ConvexValue readSpecial(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new InvalidValueException("the content of " + name + " must be a string");
        }
        String content = parser.getText();
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw new InvalidValueException("an object with " + name + " has no other field");
        }
        return switch (name) {
            case "$integer" -> ConvexValue.int64(fromBase64(content));
            case "$bytes" -> ConvexValue.of(bytesOf(content));
            case "$float" -> readFloat(content);
            default -> throw new InvalidValueException("there is no special value " + name);
        };
    }

    private static ConvexValue readFloat(String content) {
        double number = Double.longBitsToDouble(fromBase64(content));
        if (Double.isFinite(number) && !isNegativeZero(number)) {
            throw new InvalidValueException("an ordinary number is written as such, not as $float");
        }
        return ConvexValue.of(number);
    }

    /** The lossy format {@code json}: int64 as decimal text, bytes as base 64, what JSON cannot say as its name. */
    public static String encodeClean(ConvexValue value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            writeClean(generator, value);
        } catch (IOException failure) {
            throw new UncheckedIOException("writing to memory failed", failure);
        }
        return text.toString();
    }

    private static void writeClean(JsonGenerator generator, ConvexValue value) throws IOException {
        switch (value) {
            case ConvexInt64(long number) -> generator.writeString(Long.toString(number));
            case ConvexBytes bytes -> generator.writeString(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case ConvexFloat64(double number) -> {
                if (Double.isFinite(number)) {
                    generator.writeNumber(number);
                } else {
                    generator.writeString(Double.toString(number));
                }
            }
            case ConvexArray array -> {
                generator.writeStartArray();
                for (ConvexValue element : array) {
                    writeClean(generator, element);
                }
                generator.writeEndArray();
            }
            case ConvexObject object -> {
                generator.writeStartObject();
                for (Map.Entry<String, ConvexValue> field : object.fields().entrySet()) {
                    generator.writeFieldName(field.getKey());
                    writeClean(generator, field.getValue());
                }
                generator.writeEndObject();
            }
            case ConvexNull ignored -> generator.writeNull();
            case ConvexBoolean(boolean flag) -> generator.writeBoolean(flag);
            case ConvexString(String text) -> generator.writeString(text);
        }
    }
}
