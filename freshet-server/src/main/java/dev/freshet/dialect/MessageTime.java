package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.ingest.Rfc3339;
import java.util.OptionalLong;

/** When a message happened, as far as its sender's clock can be believed. */
final class MessageTime {
    private static final long BELIEVED_SKEW_MS = 2_000;
    private static final long SECONDS_NOT_MILLISECONDS = 100_000_000_000L;
    private static final long MOST_MS = 253_402_300_800_000L;

    private MessageTime() {}

    /**
     * The original time, corrected by the skew of a client's clock; never later than the receipt. A retry is not corrected:
     * some SDKs do not renew the time of sending, so that the wait before it would look like skew.
     *
     * @param isClient whether the sender's clock is some visitor's and not a server's
     */
    static long happenedAt(
            OptionalLong original, OptionalLong sentAt, boolean isClient, boolean isRetry, long receivedAtMs) {
        if (original.isEmpty()) {
            return receivedAtMs;
        }
        long atMs = original.getAsLong();
        if (isClient && !isRetry && sentAt.isPresent()) {
            long skewMs = receivedAtMs - sentAt.getAsLong();
            if (Math.abs(skewMs) > BELIEVED_SKEW_MS) {
                atMs += skewMs;
            }
        }
        return Math.min(atMs, receivedAtMs);
    }

    /** A date-time, or a number of milliseconds or seconds; empty for what is neither. */
    static OptionalLong of(JsonNode value) {
        if (value.isNumber()) {
            return ofNumber(value.longValue());
        }
        return value.isTextual() ? ofText(value.textValue()) : OptionalLong.empty();
    }

    static OptionalLong ofText(String text) {
        char[] characters = text.strip().toCharArray();
        long atMs = Rfc3339.parse(characters, 0, characters.length);
        if (atMs == Rfc3339.INVALID) {
            // SDKs mean UTC where they leave the offset out.
            char[] asUtc = (text.strip() + "Z").toCharArray();
            atMs = Rfc3339.parse(asUtc, 0, asUtc.length);
        }
        if (atMs != Rfc3339.INVALID) {
            return OptionalLong.of(atMs);
        }
        try {
            return ofNumber(Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // neither a date-time nor a number
        }
    }

    private static OptionalLong ofNumber(long number) {
        if (number >= MOST_MS || number <= -MOST_MS) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.abs(number) < SECONDS_NOT_MILLISECONDS ? number * 1_000 : number);
    }
}
