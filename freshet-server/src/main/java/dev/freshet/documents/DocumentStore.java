package dev.freshet.documents;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadConcern;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.connection.ClusterType;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * The one way to MongoDB: a deployment by URI, or the embedded server. Everything else in the project sees only
 * {@link #client} and {@link #database}, whichever it is. An acknowledged write is on the disk (embedded), or journalled by
 * a majority (by URI).
 *
 * <p>Thread-safe. All calls block; never make them on an event loop.
 */
public final class DocumentStore implements AutoCloseable {
    /** The database that holds everything of Freshet. */
    public static final String DATABASE = "freshet";

    private static final Duration SERVER_SELECTION_TIMEOUT = Duration.ofSeconds(10);

    private final MongoClient client;
    private final Optional<EmbeddedServer> embedded;

    private DocumentStore(MongoClient client, Optional<EmbeddedServer> embedded) {
        this.client = client;
        this.embedded = embedded;
    }

    /**
     * Starts the embedded server over a file in {@code folder}, which is created, and closed to other users, if need be.
     *
     * @throws DocumentStoreException UNUSABLE_FOLDER, for instance where another process holds the file
     */
    public static DocumentStore openEmbedded(Path folder, SecureRandom random) {
        EmbeddedServer server = EmbeddedServer.start(folder, random);
        return connected(server.clientSettings(), Optional.of(server));
    }

    /**
     * Connects to a deployment. Its URI may name a user, TLS and a replica set; a database in it is only the one to
     * authenticate against.
     *
     * @throws DocumentStoreException INVALID_URI, or UNREACHABLE if nothing fit answers within 10 seconds
     */
    public static DocumentStore connect(String uri) {
        MongoClientSettings settings = MongoClientSettings.builder()
                .applicationName("freshet")
                .applyToClusterSettings(cluster ->
                        cluster.serverSelectionTimeout(SERVER_SELECTION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS))
                .applyConnectionString(parse(uri))
                .writeConcern(WriteConcern.MAJORITY.withJournal(true))
                .readConcern(ReadConcern.MAJORITY)
                .build();
        return connected(settings, Optional.empty());
    }

    private static ConnectionString parse(String uri) {
        try {
            return new ConnectionString(uri);
        } catch (IllegalArgumentException e) {
            // Without the cause: its message may repeat the URI, and so the password in it.
            throw new DocumentStoreException(
                    DocumentStoreException.Code.INVALID_URI,
                    "the MongoDB URI is not of the form mongodb://[user:password@]host[:port][,…]/[database][?options]");
        }
    }

    private static DocumentStore connected(MongoClientSettings settings, Optional<EmbeddedServer> server) {
        DocumentStore store = new DocumentStore(MongoClients.create(settings), server);
        try {
            store.ping();
            store.createIndexes();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void createIndexes() {
        DriverCall.perform("create the indexes", () -> CollectionIndexes.create(database()));
    }

    /** The shared client; do not close it. */
    public MongoClient client() {
        return client;
    }

    public MongoDatabase database() {
        return client.getDatabase(DATABASE);
    }

    /** True where the embedded server serves, false for a deployment by URI. */
    public boolean isEmbedded() {
        return embedded.isPresent();
    }

    /** How to connect to the embedded server from this process; secret. */
    Optional<MongoClientSettings> embeddedSettings() {
        return embedded.map(EmbeddedServer::clientSettings);
    }

    /** Change streams and sessions exist only on a replica set or a sharded cluster, whoever runs it. */
    public boolean supportsChangeStreams() {
        ClusterType type = client.getClusterDescription().getType();
        return type == ClusterType.REPLICA_SET || type == ClusterType.SHARDED;
    }

    /** Tells which documents of a collection change, by whatever client; the result ends it. Only the start may block. */
    Runnable follow(String collection, ChangeListener listener) {
        if (embedded.isPresent()) {
            return embedded.get().changes().follow(DATABASE + "." + collection, listener);
        }
        CollectionFollower follower = CollectionFollower.start(
                collection,
                CollectionFollower.source(database().getCollection(collection), this::isStreaming),
                listener);
        return follower::close;
    }

    private boolean isStreaming() {
        if (client.getClusterDescription().getType() == ClusterType.UNKNOWN) {
            ping(); // Nobody knows yet, or any more: wait for an answer, or fail.
        }
        return supportsChangeStreams();
    }

    /**
     * Returns once the server answered.
     *
     * @throws DocumentStoreException UNREACHABLE
     */
    public void ping() {
        DriverCall.perform("ping", () -> client.getDatabase("admin").runCommand(new Document("ping", 1)));
    }

    /** Closes the client, then makes what the embedded server holds durable and stops it. */
    @Override
    public void close() {
        try {
            client.close();
        } finally {
            embedded.ifPresent(EmbeddedServer::close);
        }
    }
}
