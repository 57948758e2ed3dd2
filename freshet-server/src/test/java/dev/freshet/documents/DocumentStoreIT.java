package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.ValidationOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
final class DocumentStoreIT {
    @TempDir
    private static Path folder;

    private static DocumentStore store;

    @BeforeAll
    static void open() {
        store = DocumentStore.openEmbedded(folder.resolve("store"), new SecureRandom());
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @Test
    void anUnmarkedConnectionIsRefusedEveryCommandWithCode13() {
        MongoClientSettings stranger = MongoClientSettings.builder()
                .applicationName("freshet")
                .applyToClusterSettings(cluster -> cluster.hosts(store.client()
                        .getClusterDescription()
                        .getClusterSettings()
                        .getHosts()))
                .build();
        try (MongoClient client = MongoClients.create(stranger)) {
            for (Document command : List.of(
                    new Document("find", "users"),
                    new Document("ping", 1),
                    new Document("LISTCOLLECTIONS", 1),
                    new Document("insert", "users").append("documents", List.of(new Document("a", 1))))) {
                assertThatThrownBy(() -> client.getDatabase("freshet").runCommand(command))
                        .isInstanceOfSatisfying(
                                MongoCommandException.class,
                                e -> assertThat(e.getErrorCode()).isEqualTo(13));
            }
        }
        assertThat(store.database().getCollection("users").find()).isEmpty();
    }

    @Test
    void theTokenOfTheProcessIsNotLogged() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        ch.qos.logback.classic.Logger root = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("ROOT");
        ch.qos.logback.classic.Logger library =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("de.bwaldvogel.mongo");
        ch.qos.logback.classic.Logger quieted = (ch.qos.logback.classic.Logger)
                LoggerFactory.getLogger("de.bwaldvogel.mongo.backend.AbstractMongoDatabase");
        Level before = library.getLevel();
        Level quietedBefore = quieted.getLevel();
        library.setLevel(Level.TRACE);
        quieted.setLevel(Level.TRACE);
        log.start();
        root.addAppender(log);
        FixedRandom random = new FixedRandom();
        try (DocumentStore other = DocumentStore.openEmbedded(folder.resolve("logged"), random)) {
            other.ping();
        } finally {
            root.detachAppender(log);
            library.setLevel(before);
            quieted.setLevel(quietedBefore);
        }
        String token = new ConnectionGate(new FixedRandom()).token();
        assertThat(log.list).isNotEmpty();
        assertThat(log.list).noneMatch(event -> event.getFormattedMessage().contains(token));
    }

    /** Draws always the same, so that the test knows the token. */
    private static final class FixedRandom extends SecureRandom {
        @Override
        public void nextBytes(byte[] bytes) {
            java.util.Arrays.fill(bytes, (byte) 7);
        }
    }

    @Test
    void theFolderIsClosedToOtherUsers() throws Exception {
        assertThat(Files.getPosixFilePermissions(folder.resolve("store")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aSecondOpeningOfTheSameFolderSaysThatItIsInUse() {
        assertThat(catchThrowableOfType(
                                DocumentStoreException.class,
                                () -> DocumentStore.openEmbedded(folder.resolve("store"), new SecureRandom()))
                        .code())
                .isEqualTo(DocumentStoreException.Code.UNUSABLE_FOLDER);
    }

    @Test
    void aUriThatNobodyServesIsUnreachable() {
        assertThat(catchThrowableOfType(
                                DocumentStoreException.class,
                                () -> DocumentStore.connect("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"))
                        .code())
                .isEqualTo(DocumentStoreException.Code.UNREACHABLE);
    }

    @Test
    void aUriThatCannotBeReadIsRefusedWithoutRepeatingItsPassword() {
        DocumentStoreException refused = catchThrowableOfType(
                DocumentStoreException.class, () -> DocumentStore.connect("mongo://ada:secret@host"));
        assertThat(refused.code()).isEqualTo(DocumentStoreException.Code.INVALID_URI);
        assertThat(refused).hasNoCause().hasMessageNotContaining("secret");
    }

    @Test
    void theServerSaysThatItIsAWritablePrimaryOfAModernWireVersion() {
        Document hello = store.client().getDatabase("admin").runCommand(new Document("hello", 1));
        assertThat(hello).containsEntry("isWritablePrimary", true).containsEntry("maxWireVersion", 21);
        assertThat(store.supportsChangeStreams()).isFalse();
    }

    @Test
    void optionsThatWouldBeIgnoredAreRefused() {
        MongoCollection<Document> collection = store.database().getCollection("refused");
        for (IndexOptions options : List.of(
                new IndexOptions().expireAfter(1L, TimeUnit.DAYS),
                new IndexOptions().partialFilterExpression(new Document("a", 1)),
                new IndexOptions()
                        .collation(com.mongodb.client.model.Collation.builder()
                                .locale("en")
                                .build()))) {
            assertRefused(() -> collection.createIndex(Indexes.ascending("a"), options));
        }
        assertRefused(() -> collection.createIndex(Indexes.text("a")));
        assertRefused(() -> collection
                .find()
                .collation(com.mongodb.client.model.Collation.builder()
                        .locale("en")
                        .build())
                .first());
        assertRefused(() -> {
            store.database()
                    .createCollection(
                            "validated",
                            new CreateCollectionOptions()
                                    .validationOptions(new ValidationOptions().validator(new Document("a", 1))));
            return "";
        });
        assertRefused(() -> collection.watch().cursor());
    }

    private static void assertRefused(Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(
                        MongoCommandException.class,
                        e -> assertThat(e.getErrorCode()).isEqualTo(72));
    }

    @Test
    void documentsAndUniqueIndexesAreThereAfterReopening() {
        Path reopened = folder.resolve("reopened");
        Document nested = new Document("text", "ü")
                .append("list", List.of(1, 2L, 3.5))
                .append("nothing", null)
                .append("when", java.util.Date.from(Instant.ofEpochMilli(1_001)))
                .append("bytes", new org.bson.types.Binary(new byte[] {1, 2}))
                .append("amount", org.bson.types.Decimal128.parse("1.20"));
        Document document = new Document("_id", new org.bson.types.ObjectId())
                .append("key", "a")
                .append("nested", nested);
        try (DocumentStore first = DocumentStore.openEmbedded(reopened, new SecureRandom())) {
            MongoCollection<Document> collection = first.database().getCollection("things");
            collection.createIndex(Indexes.ascending("key"), new IndexOptions().unique(true));
            collection.insertOne(document);
        }
        try (DocumentStore second = DocumentStore.openEmbedded(reopened, new SecureRandom())) {
            MongoCollection<Document> collection = second.database().getCollection("things");
            assertThat(collection.find(new Document("key", "a")).first()).isEqualTo(document);
            assertThatThrownBy(() -> collection.insertOne(new Document("key", "a")))
                    .hasMessageContaining("E11000");
        }
    }

    @Test
    void eightUpsertsAtOnceMakeOneDocument() throws Exception {
        MongoCollection<Document> collection = store.database().getCollection("race");
        List<Callable<Boolean>> upserts = new ArrayList<>();
        for (int writer = 0; writer < 8; writer++) {
            upserts.add(() -> collection
                            .updateOne(
                                    new Document("_id", "one"),
                                    Updates.inc("count", 1),
                                    new UpdateOptions().upsert(true))
                            .getUpsertedId()
                    != null);
        }
        assertThat(allAtOnce(upserts)).containsOnlyOnce(true);
        assertThat(collection.find()).containsExactly(new Document("_id", "one").append("count", 8));
    }

    @Test
    void readersAreNotCutOffByWritersOfTheSameDocuments() throws Exception {
        MongoClientSettings once = MongoClientSettings.builder(
                        store.embeddedSettings().orElseThrow())
                .retryReads(false)
                .build();
        try (MongoClient client = MongoClients.create(once)) {
            MongoCollection<Document> collection =
                    client.getDatabase(DocumentStore.DATABASE).getCollection("contended");
            for (int id = 0; id < 20; id++) {
                collection.insertOne(new Document("_id", id));
            }
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                String field = "field" + writer;
                work.add(() -> {
                    for (int number = 0; number < 100; number++) {
                        collection.updateOne(
                                new Document("_id", number % 20), Updates.set(field + "-" + number % 7, number));
                    }
                    return true;
                });
                work.add(() -> {
                    for (int number = 0; number < 150; number++) {
                        assertThat(collection.find()).hasSize(20);
                        assertThat(collection.find(new Document("_id", number % 20)))
                                .hasSize(1);
                    }
                    return true;
                });
            }
            assertThat(allAtOnce(work)).containsOnly(true);
        }
    }

    private static <T> List<T> allAtOnce(List<Callable<T>> work) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(work.size())) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(work)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
