package dev.freshet.sync;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexValue;
import java.util.Optional;

/** How an HTTP reply writes values. */
enum ResultFormat {
    /** Every value can be told apart. */
    CONVEX_ENCODED,
    /** As {@link #CONVEX_ENCODED}, but int64 as bare whole numbers. */
    EXPORT,
    /** Easy to read by anything; not every value can be told apart. */
    CLEAN;

    /** What the request asks for, or else what its client expects. */
    static ResultFormat named(Optional<String> name, ClientVersion client) {
        return switch (name.orElse(client.expectsEncoded() ? "convex_json" : "json")) {
            case "convex_encoded_json", "convex_json" -> CONVEX_ENCODED;
            case "json", "convex_clean_json" -> CLEAN;
            case "export_json" -> EXPORT;
            default -> throw new BadMessageException("BadFormat", "there is no format " + name.orElse(""));
        };
    }

    String encode(ConvexValue value) {
        return switch (this) {
            case CONVEX_ENCODED -> ConvexJson.encode(value);
            case EXPORT -> ConvexJson.encodeExport(value);
            case CLEAN -> ConvexJson.encodeClean(value);
        };
    }
}
