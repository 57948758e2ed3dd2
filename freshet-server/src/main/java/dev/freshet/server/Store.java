package dev.freshet.server;

import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.eventstore.EmbeddedEventStore;
import dev.freshet.eventstore.EngineLimits;
import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.RemoteEventStore;
import dev.freshet.eventstore.Schema;
import dev.freshet.eventstore.StoreQuery;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;

/** ClickHouse as configured: the engine in this process, or a server by URL. */
final class Store implements AutoCloseable {
    /** The folder in which npm put the engine; the launcher says where. */
    private static final String NATIVE_FOLDER_PROPERTY = "chdb.native.directory";

    private final EventStore events;
    private final Optional<EmbeddedEventStore> embedded;
    private final String version;

    private Store(EventStore events, Optional<EmbeddedEventStore> embedded, String version) {
        this.events = events;
        this.embedded = embedded;
        this.version = version;
    }

    static Store open(ServerConfig config, Path folder) {
        if (config.clickHouseUrl().isPresent()) {
            RemoteEventStore remote =
                    RemoteEventStore.open(config.clickHouseUrl().get().value(), config.retentionDays());
            return new Store(remote, Optional.empty(), serverVersion(remote));
        }
        Path library = ChdbLibrary.locate(Path.of(System.getProperty(NATIVE_FOLDER_PROPERTY, "chdb/native")));
        EmbeddedEventStore embedded = EmbeddedEventStore.open(
                library,
                folder,
                Schema.DEFAULT_DATABASE,
                config.retentionDays(),
                EngineLimits.forMachine(memoryBytes(), Runtime.getRuntime().availableProcessors()));
        return new Store(embedded, Optional.of(embedded), embedded.chdb().engineVersion());
    }

    private static String serverVersion(EventStore server) {
        return server.query(StoreQuery.of("SELECT version()")).string();
    }

    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory() * 4;
    }

    EventStore events() {
        return events;
    }

    String version() {
        return version;
    }

    /** @throws IllegalStateException when the store is a server; the configuration rules that out before */
    Chdb engine() {
        return embedded.orElseThrow(() -> new IllegalStateException("there is no engine in this process"))
                .chdb();
    }

    String database() {
        return embedded.map(EmbeddedEventStore::database).orElse(Schema.DEFAULT_DATABASE);
    }

    @Override
    public void close() {
        events.close();
    }
}
