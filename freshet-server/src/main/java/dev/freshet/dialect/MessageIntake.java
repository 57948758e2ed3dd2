package dev.freshet.dialect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.event.RejectCode;
import java.util.EnumMap;
import java.util.Map;

/**
 * Takes the messages of one request one by one, and makes dead letters of those that cannot be taken. Used once; its messages
 * count by {@link #count}, since a request that needs more memory is decoded again.
 */
final class MessageIntake implements Envelope.MessageSink {
    private final byte[] json;
    private final RequestRows rows;
    private final MessageRows messageRows;
    private final DialectMetrics metrics;
    private final Map<Dialect, Integer> messages = new EnumMap<>(Dialect.class);
    private final Map<Dialect, Integer> dropped = new EnumMap<>(Dialect.class);
    private int index;

    MessageIntake(byte[] json, RequestRows rows, MessageRows messageRows, DialectMetrics metrics) {
        this.json = json;
        this.rows = rows;
        this.messageRows = messageRows;
        this.metrics = metrics;
    }

    /** Knows what a message of one family of SDKs means. */
    interface MessageRows {
        /** Whose message this is. */
        Dialect dialectOf(ObjectNode message);

        /**
         * Adds the rows of a message.
         *
         * @return false when the mapping makes nothing of it
         * @throws DialectException when it speaks against the whole request
         */
        boolean add(Dialect dialect, ObjectNode message, boolean isCut) throws RefusedMessage, DialectException;
    }

    @Override
    public void message(ObjectNode message, boolean isCut, int offset, int length) throws DialectException {
        rows.readTo(offset + length);
        Dialect dialect = messageRows.dialectOf(message);
        messages.merge(dialect, 1, Integer::sum);
        try {
            if (!messageRows.add(dialect, message, isCut)) {
                dropped.merge(dialect, 1, Integer::sum);
            }
        } catch (RefusedMessage refusal) {
            refuse(dialect, refusal, offset, length);
        }
        index++;
    }

    @Override
    public void noMessage(int offset, int length) {
        rows.readTo(offset + length);
        Dialect dialect = messageRows.dialectOf(JsonNodeFactory.instance.objectNode());
        messages.merge(dialect, 1, Integer::sum);
        refuse(
                dialect,
                new RefusedMessage(RejectCode.NOT_AN_OBJECT, "A message must be a JSON object."),
                offset,
                length);
        index++;
    }

    /** Adds what was taken to the server's metrics. */
    void count() {
        messages.forEach(metrics::countMessages);
        dropped.forEach(metrics::countDropped);
    }

    private void refuse(Dialect dialect, RefusedMessage refusal, int offset, int length) {
        rows.refuse(index, dialect, refusal.code(), refusal.reason(), json, offset, length);
    }
}
