package dev.freshet.fuzzing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON read by another reader than the decoders', in which each number stays what it is. */
public final class Trees {
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Trees() {}

    /** @throws IOException where the text is not exactly one JSON value, or holds a number that this reader cannot */
    public static JsonNode read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #read(String)}. */
    public static JsonNode read(byte[] utf8) throws IOException {
        try {
            return JSON.readTree(utf8);
        } catch (NumberFormatException e) {
            throw new IOException("a number has an exponent past all reason", e);
        }
    }

    /** Whether the text is exactly one JSON object, its numbers whatever they are. */
    static boolean isObject(String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
            parser.skipChildren();
            return isObject && parser.nextToken() == null;
        }
    }

    /** An object as maps, lists, texts, numbers, booleans and nulls. */
    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> plain(JsonNode object) throws IOException {
        return JSON.treeToValue(object, Map.class);
    }
}
