package dev.freshet.sync.simulation;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;

/** Reads and writes the parts of the protocol's messages. */
final class Messages {
    private Messages() {}

    /** A socket's version. */
    record Version(long querySet, long identity, long timestampNs) {
        static final Version INITIAL = new Version(0, 0, 0);

        static Version of(ConvexObject version) {
            return new Version(
                    (long) version.number("querySet"),
                    (long) version.number("identity"),
                    Messages.timestampNs(version));
        }

        ConvexObject written() {
            return ConvexObject.builder()
                    .put("querySet", querySet)
                    .put("identity", identity)
                    .put("ts", ConvexJson.base64(timestampNs))
                    .build();
        }
    }

    static ConvexObject read(String text) {
        return (ConvexObject) ConvexJson.decode(text);
    }

    static long timestampNs(ConvexObject message) {
        return ConvexJson.fromBase64(message.string("ts"));
    }

    static List<ConvexObject> changes(ConvexObject transition) {
        return transition.array("modifications").stream()
                .map(ConvexObject.class::cast)
                .toList();
    }

    static long queryId(ConvexObject change) {
        return (long) change.number("queryId");
    }

    static ConvexObject.Builder message(String type) {
        return ConvexObject.builder().put("type", type);
    }

    static ConvexArray arguments(ConvexObject arguments) {
        return ConvexValue.array(arguments);
    }

    static ConvexString timestamp(long timestampNs) {
        return ConvexValue.of(ConvexJson.base64(timestampNs));
    }
}
