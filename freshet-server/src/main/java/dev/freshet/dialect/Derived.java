package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Puts what was derived from a message among its properties, under names that begin with a dollar. */
final class Derived {
    /** One envelope may say something for thousands of messages, so what is copied from it is short. */
    private static final int MOST_TEXT = 2_000;

    private final ObjectNode properties;

    Derived(ObjectNode properties) {
        this.properties = properties;
    }

    /** Nothing where the text is empty. */
    void put(String name, String text) {
        if (!text.isEmpty()) {
            properties.put(name, Texts.cut(text, MOST_TEXT));
        }
    }

    void sdk(String name, String version) {
        put("$sdk", version.isEmpty() ? Texts.cut(name) : Texts.cut(name) + "/" + Texts.cut(version));
    }

    void handled(JsonNode isHandled) {
        if (isHandled.isBoolean()) {
            properties.set("$handled", isHandled);
        }
    }
}
