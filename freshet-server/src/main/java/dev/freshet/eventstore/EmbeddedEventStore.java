package dev.freshet.eventstore;

import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbException;
import dev.freshet.chdb.ChdbOptions;
import dev.freshet.chdb.InsertSource;
import dev.freshet.chdb.Statement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;

/** The ClickHouse engine inside this process, on one data folder; one of them at a time in a process. */
public final class EmbeddedEventStore implements EventStore {
    private static final String ROWS = "RowBinary";
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final Chdb chdb;
    private final Path dataFolder;
    private final String database;

    /**
     * Over an engine that is open already; closing this closes the engine.
     *
     * @param dataFolder the engine's folder
     * @param database the current database of all statements; {@link Schema#migrate} creates it
     */
    public EmbeddedEventStore(Chdb chdb, Path dataFolder, String database) {
        this.chdb = chdb;
        this.dataFolder = dataFolder;
        this.database = Schema.requireName(database);
    }

    /**
     * Opens the engine and brings the schema up to date.
     *
     * @param library libchdb; see {@link dev.freshet.chdb.ChdbLibrary#locate}
     * @throws EventStoreException also when the folder is in use, or is of a newer version
     */
    public static EmbeddedEventStore open(
            Path library, Path dataFolder, String database, int retentionDays, EngineLimits limits) {
        ChdbOptions options = new ChdbOptions(
                library,
                dataFolder,
                limits.connections(),
                limits.serverOptions(),
                limits.settings(),
                Duration.ofSeconds(30));
        EmbeddedEventStore store = translated(() -> new EmbeddedEventStore(Chdb.open(options), dataFolder, database));
        try {
            new Schema(store, database).migrate(retentionDays);
        } catch (RuntimeException failure) {
            try {
                store.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
        return store;
    }

    /** The engine itself, for ClickHouse's HTTP interface and for backups. */
    public Chdb chdb() {
        return chdb;
    }

    public String database() {
        return database;
    }

    @Override
    public RowBinaryReader query(StoreQuery query) {
        return translated(() -> new RowBinaryReader(
                ByteBuffer.wrap(chdb.query(statement(query).withFormat(ROWS)).bytes())));
    }

    @Override
    public void execute(StoreQuery statement) {
        translated(() -> chdb.query(statement(statement)));
    }

    private Statement statement(StoreQuery query) {
        Statement statement = Statement.of(query.sql()).withTimeout(query.timeout());
        if (!query.isOutsideDatabase()) {
            statement = statement.withDatabase(database);
        }
        for (Map.Entry<String, String> parameter : query.parameters().entrySet()) {
            statement = statement.bindRaw(parameter.getKey(), parameter.getValue());
        }
        for (Map.Entry<String, String> setting : query.settings().entrySet()) {
            statement = statement.withSetting(setting.getKey(), setting.getValue());
        }
        return statement;
    }

    @Override
    public void insert(TableInsert insert) {
        Statement statement = Statement.of(insert.sql())
                .withFormat(ROWS)
                .withDatabase(database)
                .withTimeout(InsertSettings.TIMEOUT);
        for (Map.Entry<String, String> setting : InsertSettings.of(insert).entrySet()) {
            statement = statement.withSetting(setting.getKey(), setting.getValue());
        }
        Statement complete = statement;
        Iterator<ByteBuffer> pieces = insert.rows().iterator();
        InsertSource source = () -> pieces.hasNext() ? pieces.next().duplicate() : END;
        translated(() -> chdb.insert(complete, source));
    }

    @Override
    public void sync() {
        try {
            FileSystemSync.sync(dataFolder);
        } catch (IOException failure) {
            throw new EventStoreException(
                    0, EventStoreException.SYNC_FAILED, "The data folder could not be synced: " + failure, failure);
        }
    }

    @Override
    public boolean isReachable(Duration timeout) {
        try {
            chdb.query(Statement.of("SELECT 1").withTimeout(timeout));
            return true;
        } catch (ChdbException failure) {
            return false;
        }
    }

    @Override
    public void close() {
        chdb.close();
    }

    private static <T> T translated(Supplier<T> call) {
        try {
            return call.get();
        } catch (ChdbException failure) {
            throw new EventStoreException(failure.code(), failure.codeName(), failure.getMessage(), failure);
        }
    }
}
