package dev.freshet.documents;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/**
 * Stores a document as a varint length and its BSON. The library's default is Java serialization, which is several times
 * larger and slower, and runs whatever a file names when it is read.
 */
final class BsonDocumentType extends BasicDataType<Document> {
    static final BsonDocumentType INSTANCE = new BsonDocumentType();
    private static final int BYTES_PER_NODE = 48;

    private BsonDocumentType() {}

    /** An estimate, for splitting pages and bounding the cache. */
    @Override
    public int getMemory(Document document) {
        return estimate(document);
    }

    private static int estimate(Object value) {
        int bytes = BYTES_PER_NODE;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                bytes += BYTES_PER_NODE + (entry.getValue() == null ? 0 : estimate(entry.getValue()));
            }
        } else if (value instanceof Collection<?> elements) {
            for (Object element : elements) {
                bytes += element == null ? 0 : estimate(element);
            }
        } else if (value instanceof String text) {
            bytes += text.length();
        } else if (value instanceof byte[] array) {
            bytes += array.length;
        }
        return bytes;
    }

    @Override
    public void write(WriteBuffer buffer, Document document) {
        ByteBuf bytes = Unpooled.buffer();
        BsonEncoder.encodeDocument(document, bytes);
        buffer.putVarInt(bytes.readableBytes());
        buffer.put(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
    }

    @Override
    public Document read(ByteBuffer buffer) {
        byte[] bytes = new byte[DataUtils.readVarInt(buffer)];
        buffer.get(bytes);
        return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(bytes));
    }

    @Override
    public Document[] createStorage(int size) {
        return new Document[size];
    }
}
