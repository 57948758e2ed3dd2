package dev.freshet.eventstore;

import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.chdb.ChdbOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The one engine of a test JVM, since a process can have one; opened at the first use, closed with the JVM. Each test takes
 * a database of its own.
 */
final class EngineUnderTest {
    private static final AtomicInteger databases = new AtomicInteger();

    private static final class Opened {
        static final Path FOLDER = temporaryFolder();
        static final Chdb CHDB = open();

        private static Chdb open() {
            EngineLimits limits = EngineLimits.forMachine(4L << 30, 2);
            Path library = ChdbLibrary.locate(Path.of(System.getProperty("chdb.native.directory")));
            Chdb chdb = Chdb.open(new ChdbOptions(
                    library,
                    FOLDER,
                    limits.connections(),
                    limits.serverOptions(),
                    limits.settings(),
                    Duration.ofSeconds(30)));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                chdb.close();
                deleteAll(FOLDER);
            }));
            return chdb;
        }
    }

    private EngineUnderTest() {}

    static Chdb chdb() {
        return Opened.CHDB;
    }

    static Path folder() {
        return Opened.FOLDER;
    }

    /** A store with a new, migrated database; the engine stays open when it is closed. */
    static EmbeddedEventStore newStore() {
        return store(newDatabaseName(), 90);
    }

    static String newDatabaseName() {
        return "test_" + ProcessHandle.current().pid() + "_" + databases.incrementAndGet();
    }

    static EmbeddedEventStore store(String database, int retentionDays) {
        EmbeddedEventStore store = new EmbeddedEventStore(Opened.CHDB, Opened.FOLDER, database);
        new Schema(store, database).migrate(retentionDays);
        return store;
    }

    static void drop(EmbeddedEventStore store) {
        store.execute(StoreQuery.of("DROP DATABASE IF EXISTS `" + store.database() + "` SYNC")
                .outsideDatabase());
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("freshet-engine");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void deleteAll(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
