package dev.freshet.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * An event that was refused, kept for some days so that people can see what their senders do wrong.
 *
 * @param dialect the protocol it came in, such as {@code native} or {@code segment}
 * @param code why, stable
 * @param message why, in a sentence; write keys are hidden
 * @param body what was sent, cut to {@link #MOST_BODY_BYTES}; text, but not always JSON; write keys are hidden
 */
public record DeadLetter(String teamId, long receivedAtMs, String dialect, String code, String message, String body) {
    /** What of a refused event is kept. */
    public static final int MOST_BODY_BYTES = 8 * 1024;

    public DeadLetter {
        Objects.requireNonNull(teamId, "teamId");
        Objects.requireNonNull(dialect, "dialect");
        Objects.requireNonNull(code, "code");
        message = WriteKeyText.hide(message);
        body = WriteKeyText.hide(body);
    }

    /**
     * What was refused of a request.
     *
     * @param message may quote what was sent
     * @param sent holds the refused from {@code offset} on; what is no UTF-8 of it is shown as the replacement character
     * @param keys are hidden in message and body, where they are cut, too
     */
    public static DeadLetter refused(
            String teamId,
            long receivedAtMs,
            String dialect,
            RejectCode code,
            String message,
            byte[] sent,
            int offset,
            int length,
            PresentedKeys keys) {
        String body = bodyOf(sent, offset, length);
        return new DeadLetter(
                teamId,
                receivedAtMs,
                dialect,
                code.wireName(),
                keys.hideInMessage(message),
                length > MOST_BODY_BYTES ? keys.hideInCut(body) : keys.hide(body));
    }

    /** The text of sent bytes, cut to what is kept; what is no UTF-8 is shown as the replacement character. */
    static String bodyOf(byte[] sent, int offset, int length) {
        int kept = Math.min(length, MOST_BODY_BYTES);
        while (kept < length && kept > 0 && (sent[offset + kept] & 0xC0) == 0x80) {
            kept--; // not through the middle of a character
        }
        return new String(Arrays.copyOfRange(sent, offset, offset + kept), StandardCharsets.UTF_8);
    }

    /** As a row of a request. Its id says nothing: dead letters are never taken for repeats. */
    public void addTo(EventRowsBuilder rows) {
        rows.row(receivedAtMs, 0, 0, RowKind.DEAD_LETTER)
                .text(teamId)
                .text(code)
                .text(dialect)
                .text(message)
                .text(body);
    }

    /** Reads the row that a cursor stands on, which must be a dead letter. */
    public static DeadLetter of(EventCursor row) {
        return new DeadLetter(
                row.teamId(), row.receivedAtMs(), row.userId(), row.name(), row.sessionId(), row.properties());
    }
}
