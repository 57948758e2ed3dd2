package dev.freshet.dialect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.event.RejectCode;

/** Takes the messages of one request one by one: counts them, and makes dead letters of those that cannot be taken. */
final class MessageIntake implements Envelope.MessageSink {
    private final byte[] json;
    private final RequestRows rows;
    private final MessageRows messageRows;
    private final DialectMetrics metrics;
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
        Dialect dialect = messageRows.dialectOf(message);
        metrics.countMessage(dialect);
        try {
            if (!messageRows.add(dialect, message, isCut)) {
                metrics.countDropped(dialect);
            }
        } catch (RefusedMessage refusal) {
            refuse(dialect, refusal, offset, length);
        }
        rows.requireBounded();
        index++;
    }

    @Override
    public void noMessage(int offset, int length) {
        Dialect dialect = messageRows.dialectOf(JsonNodeFactory.instance.objectNode());
        metrics.countMessage(dialect);
        refuse(
                dialect,
                new RefusedMessage(RejectCode.NOT_AN_OBJECT, "A message must be a JSON object."),
                offset,
                length);
        index++;
    }

    private void refuse(Dialect dialect, RefusedMessage refusal, int offset, int length) {
        rows.refuse(index, dialect, refusal.code(), refusal.reason(), json, offset, length);
    }
}
