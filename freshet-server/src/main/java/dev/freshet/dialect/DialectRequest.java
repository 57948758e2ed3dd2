package dev.freshet.dialect;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request as it came.
 *
 * @param body as it came, packed or not
 * @param headerKeys the keys that headers hold, in the order in which they are tried, before the one in the body
 * @param type the message type where the path says it, such as {@code track}
 * @param sentAtMs when the request left, where the URL says it
 * @param isRetry whether the sender says that it sends this again
 */
public record DialectRequest(
        byte[] body,
        List<String> headerKeys,
        Optional<String> type,
        OptionalLong sentAtMs,
        boolean isRetry,
        long receivedAtMs) {
    public DialectRequest {
        Objects.requireNonNull(body, "body");
        headerKeys = List.copyOf(headerKeys);
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(sentAtMs, "sentAtMs");
    }

    /** The same request with its body, which was not looked at before. */
    public DialectRequest withBody(byte[] read) {
        return new DialectRequest(read, headerKeys, type, sentAtMs, isRetry, receivedAtMs);
    }
}
