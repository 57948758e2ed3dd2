package dev.freshet.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.ingest.LongTexts;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A body's outer layer: what it says of all its messages, and where they are. Found in a first pass over the whole body,
 * since SDKs put the key and the time of sending behind the messages as well as before them, and since a fault of the syntax
 * anywhere costs the whole body.
 */
final class Envelope {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(LongTexts.CONSTRAINTS)
            .build();

    /** How the messages lie in the body. */
    private enum Shape {
        /** The body is one message. */
        SINGLE,
        /** They are the elements of an array. */
        ARRAY
    }

    private final byte[] body;
    private final ObjectNode fields;
    private final Shape shape;
    private final int from;
    private final int to;

    private Envelope(byte[] body, ObjectNode fields, Shape shape, int from, int to) {
        this.body = body;
        this.fields = fields;
        this.shape = shape;
        this.from = from;
        this.to = to;
    }

    /** Called with each message of a body. */
    interface MessageSink {
        /** @param message belongs to the sink; bounded as {@link MessageReader} says */
        void message(ObjectNode message, boolean isCut, int offset, int length) throws DialectException;

        /** An element that is no object. */
        void noMessage(int offset, int length);
    }

    static Envelope of(byte[] body) throws DialectException {
        try (JsonParser parser = JSON.createParser(body)) {
            Envelope envelope = read(parser, body);
            if (parser.nextToken() != null) {
                throw invalid("The body goes on behind its JSON text; send several events as an array.");
            }
            return envelope;
        } catch (JsonProcessingException e) {
            throw invalid(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static Envelope read(JsonParser parser, byte[] body) throws IOException, DialectException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_OBJECT) {
            return readObject(parser, body);
        }
        if (token == JsonToken.START_ARRAY) {
            int from = tokenOffset(parser);
            parser.skipChildren();
            ObjectNode noFields = JsonNodeFactory.instance.objectNode();
            return new Envelope(body, noFields, Shape.ARRAY, from, endOffset(parser));
        }
        throw invalid(token == null ? "The body is empty." : "The body must be a JSON object or array.");
    }

    private static Envelope readObject(JsonParser parser, byte[] body) throws IOException {
        MessageReader reader = new MessageReader(body, 0);
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        Shape shape = Shape.SINGLE;
        int from = tokenOffset(parser);
        int to = from;
        int batchFrom = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("batch")) {
                shape = Shape.ARRAY;
                batchFrom = tokenOffset(parser);
                parser.skipChildren();
                to = endOffset(parser);
            } else {
                reader.field(name, parser, fields);
            }
        }
        return shape == Shape.ARRAY
                ? new Envelope(body, fields, shape, batchFrom, to)
                : new Envelope(body, fields, shape, from, endOffset(parser));
    }

    private static int tokenOffset(JsonParser parser) {
        return Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    }

    private static int endOffset(JsonParser parser) {
        return Math.toIntExact(parser.currentLocation().getByteOffset());
    }

    /** What the body says beside its messages; the message itself where the body is one. */
    ObjectNode fields() {
        return fields;
    }

    boolean isSingle() {
        return shape == Shape.SINGLE;
    }

    /** The first message, for what only messages say; empty where there is none. */
    ObjectNode firstMessage() throws DialectException {
        if (isSingle()) {
            return fields;
        }
        try (JsonParser parser = JSON.createParser(body, from, to - from)) {
            parser.nextToken();
            return parser.nextToken() == JsonToken.START_OBJECT
                    ? new MessageReader(body, from).message(parser)
                    : JsonNodeFactory.instance.objectNode();
        } catch (JsonProcessingException e) {
            throw invalid(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    /** @throws DialectException when there are too many, or the sink throws it */
    void forEach(MessageSink sink) throws DialectException {
        MessageReader reader = new MessageReader(body, from);
        int count = 0;
        try (JsonParser parser = JSON.createParser(body, from, to - from)) {
            parser.nextToken();
            if (isSingle()) {
                ObjectNode message = reader.message(parser);
                sink.message(message, reader.isCut(), from, to - from);
                return;
            }
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (++count > DialectDecoder.MESSAGE_LIMIT) {
                    throw DialectBody.tooLarge(DialectDecoder.MESSAGE_LIMIT + " events");
                }
                int offset = from + tokenOffset(parser);
                if (token == JsonToken.START_OBJECT) {
                    ObjectNode message = reader.message(parser);
                    sink.message(message, reader.isCut(), offset, from + endOffset(parser) - offset);
                } else {
                    parser.skipChildren();
                    sink.noMessage(offset, from + endOffset(parser) - offset);
                }
            }
        } catch (JsonProcessingException e) {
            throw invalid(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static DialectException invalid(String message) {
        return new DialectException(DialectException.Code.INVALID_BODY, message);
    }

    private static DialectException invalid(JsonProcessingException fault) {
        String place = fault.getLocation() == null
                ? ""
                : " near byte " + Math.max(fault.getLocation().getByteOffset(), 0);
        return new DialectException(DialectException.Code.INVALID_BODY, "The JSON is invalid" + place + ".", fault);
    }
}
