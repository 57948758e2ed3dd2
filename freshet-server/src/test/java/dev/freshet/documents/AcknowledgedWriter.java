package dev.freshet.documents;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.IndexOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import org.bson.Document;
import org.slf4j.LoggerFactory;

/** The process that is killed: writes from many threads for ever, and prints each id once its write was acknowledged. */
final class AcknowledgedWriter {
    static final String COLLECTION = "kill";
    private static final int WRITERS = 8;

    private AcknowledgedWriter() {}

    public static void main(String[] arguments) throws InterruptedException {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        DocumentStore store = DocumentStore.openEmbedded(Path.of(arguments[0]), new SecureRandom());
        MongoCollection<Document> collection = store.database().getCollection(COLLECTION);
        collection.createIndex(new Document("key", 1), new IndexOptions().unique(true));
        for (int writer = 0; writer < WRITERS; writer++) {
            String prefix = arguments[1] + "-" + writer + "-";
            Thread.ofPlatform().start(() -> write(collection, prefix));
        }
        new CountDownLatch(1).await();
    }

    private static void write(MongoCollection<Document> collection, String prefix) {
        for (int number = 0; ; number++) {
            String key = prefix + number;
            collection.insertOne(new Document("key", key).append("state", "new"));
            collection.updateOne(new Document("key", key), new Document("$set", new Document("state", "changed")));
            System.out.println(key);
        }
    }
}
