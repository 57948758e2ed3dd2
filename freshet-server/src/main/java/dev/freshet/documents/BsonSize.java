package dev.freshet.documents;

import org.bson.BsonBinaryWriter;
import org.bson.Document;
import org.bson.codecs.DocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.jspecify.annotations.Nullable;

/** How many bytes something takes in MongoDB, found by writing it. */
final class BsonSize {
    private static final int EMPTY_DOCUMENT = 5;
    private static final DocumentCodec CODEC = new DocumentCodec();
    private static final EncoderContext CONTEXT = EncoderContext.builder().build();

    private BsonSize() {}

    static int ofDocument(Document document) {
        try (BasicOutputBuffer bytes = new BasicOutputBuffer();
                BsonBinaryWriter writer = new BsonBinaryWriter(bytes)) {
            CODEC.encode(writer, document, CONTEXT);
            return bytes.getSize();
        }
    }

    static int ofField(String name, @Nullable Object value) {
        return ofDocument(new Document(name, value)) - EMPTY_DOCUMENT;
    }
}
