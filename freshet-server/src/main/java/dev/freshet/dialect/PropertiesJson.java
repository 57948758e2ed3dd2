package dev.freshet.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Writes properties and traits within the limit that SDKs are allowed. */
final class PropertiesJson {
    static final int MOST_BYTES = 256 * 1024;

    /** Says in properties that something of them was left out. */
    static final String TRUNCATED = "_truncated";

    private static final ObjectWriter JSON = new ObjectMapper().writer();

    private PropertiesJson() {}

    private record Field(String name, int sizeBytes) {}

    /**
     * The object as UTF-8; where it is too large, without its largest fields, which the object loses as well.
     *
     * @param isCut whether something of it was left out before
     */
    static byte[] write(ObjectNode properties, boolean isCut) {
        if (isCut) {
            properties.put(TRUNCATED, true);
        }
        byte[] json = json(properties);
        if (json.length <= MOST_BYTES) {
            return json;
        }
        removeLargest(properties, json.length);
        return json(properties);
    }

    private static void removeLargest(ObjectNode properties, int sizeBytes) {
        List<Field> fields = new ArrayList<>(properties.size());
        for (Map.Entry<String, JsonNode> field : properties.properties()) {
            // With the name's quotes, the colon and the comma.
            int size = json(field.getValue()).length + json(properties.textNode(field.getKey())).length + 2;
            fields.add(new Field(field.getKey(), size));
        }
        fields.sort(Comparator.comparingInt(Field::sizeBytes).reversed());
        properties.put(TRUNCATED, true);
        int rest = sizeBytes + TRUNCATED.length() + 10;
        for (Field field : fields) {
            if (rest <= MOST_BYTES) {
                return;
            }
            if (!field.name().equals(TRUNCATED)) {
                properties.remove(field.name());
                rest -= field.sizeBytes();
            }
        }
    }

    /** As it is, however large. */
    static byte[] json(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was read can be written", e);
        }
    }
}
