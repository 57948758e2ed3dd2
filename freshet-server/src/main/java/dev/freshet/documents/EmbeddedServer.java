package dev.freshet.documents;

import ch.qos.logback.classic.Level;
import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import de.bwaldvogel.mongo.MongoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that speaks MongoDB's wire protocol on a private loopback port, over one file in a folder of this user's. */
final class EmbeddedServer implements AutoCloseable {
    private static final String FILE_NAME = "documents.mv";
    private static final int CACHE_MB = 64;
    /** How long overwritten pages are kept for the case that the disk reordered writes before a loss of power. */
    private static final int RETENTION_MS = 2_000;
    /** Each blocks through its own commit; so many can share one. */
    private static final int WORKER_THREADS = 16;

    private static final List<String> TOKEN_LOGGERS = List.of(
            "org.mongodb.driver",
            "org.mongodb.driver.client",
            "org.mongodb.driver.cluster",
            "org.mongodb.driver.connection",
            "org.mongodb.driver.protocol",
            "org.mongodb.driver.protocol.command",
            "de.bwaldvogel.mongo",
            "de.bwaldvogel.mongo.wire.MongoDatabaseHandler",
            "de.bwaldvogel.mongo.wire.MongoWireProtocolHandler");

    private final FreshetH2Backend backend;
    private final MongoServer server;
    private final ConnectionGate gate;
    private final EmbeddedChanges changes;

    private EmbeddedServer(FreshetH2Backend backend, ConnectionGate gate, EmbeddedChanges changes) {
        this.backend = backend;
        this.gate = gate;
        this.changes = changes;
        this.server = new MongoServer(backend);
    }

    static EmbeddedServer start(Path folder, SecureRandom random) {
        keepTokenOutOfLogs();
        createPrivateFolder(folder);
        ConnectionGate gate = new ConnectionGate(random);
        EmbeddedChanges changes = new EmbeddedChanges();
        FreshetH2Backend backend = new FreshetH2Backend(openStore(folder.resolve(FILE_NAME)), gate, changes);
        backend.version(AdvertisedVersion.CURRENT);
        EmbeddedServer embedded = new EmbeddedServer(backend, gate, changes);
        try {
            embedded.server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1, WORKER_THREADS);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
        return embedded;
    }

    private static void createPrivateFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new DocumentStoreException(
                    DocumentStoreException.Code.UNUSABLE_FOLDER, "cannot create the folder " + folder, e);
        }
    }

    private static MVStore openStore(Path file) {
        try {
            MVStore store = new MVStore.Builder()
                    .fileName(file.toString())
                    .autoCommitDisabled()
                    .cacheSize(CACHE_MB)
                    .compress()
                    .open();
            store.setRetentionTime(RETENTION_MS);
            store.setVersionsToKeep(0);
            return store;
        } catch (MVStoreException e) {
            throw new DocumentStoreException(
                    DocumentStoreException.Code.UNUSABLE_FOLDER,
                    "cannot open " + file + ": another process may hold it",
                    e);
        }
    }

    InetSocketAddress address() {
        return server.getLocalAddress();
    }

    /** What happens to documents, by any client. */
    EmbeddedChanges changes() {
        return changes;
    }

    /** Settings for the only driver that is let in. */
    MongoClientSettings clientSettings() {
        return MongoClientSettings.builder()
                .applicationName(gate.token())
                .applyToClusterSettings(cluster -> cluster.hosts(List.of(new ServerAddress(address()))))
                // The server does not recognise a repeated write, so the driver must not repeat one by itself.
                .retryWrites(false)
                .build();
    }

    /**
     * Driver and server write the application name, so the token, into many of their lines below WARN. That must not hang on
     * how somebody configures logging, so each logger that was seen to do it is capped by its own name.
     */
    private static void keepTokenOutOfLogs() {
        for (String name : TOKEN_LOGGERS) {
            Logger logger = LoggerFactory.getLogger(name);
            if (logger instanceof ch.qos.logback.classic.Logger adjustable) {
                adjustable.setLevel(Level.WARN);
            }
        }
    }

    @Override
    public void close() {
        try {
            // Ends the connections and waits for running commands, then closes the backend.
            server.shutdownNow();
        } finally {
            backend.close();
        }
    }
}
