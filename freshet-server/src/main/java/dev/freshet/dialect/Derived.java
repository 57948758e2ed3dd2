package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Puts what was derived from a message among its properties, under names that begin with a dollar. */
final class Derived {
    /** One envelope may say something for thousands of messages, so what is copied from it is short. */
    private static final int MOST_TEXT = 2_000;

    private static final int MOST_CAMPAIGN_FIELDS = 16;
    private static final String CAMPAIGN = "utm_";

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

    /**
     * Segment's campaign under the names of the URL's parameters, which are also what PostHog's SDKs send; properties of the
     * message's own stay.
     */
    void campaign(JsonNode campaign) {
        int rest = MOST_CAMPAIGN_FIELDS;
        for (Map.Entry<String, JsonNode> field : campaign.properties()) {
            if (rest-- == 0) {
                return;
            }
            String name = CAMPAIGN + (field.getKey().equals("name") ? "campaign" : Texts.cut(field.getKey()));
            if (field.getValue().isValueNode() && !properties.has(name)) {
                put(name, Texts.of(field.getValue()));
            }
        }
    }

    void handled(JsonNode isHandled) {
        if (isHandled.isBoolean()) {
            properties.set("$handled", isHandled);
        }
    }
}
