package dev.freshet.eventstore;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of a database and how they come to be: numbered migrations, each of which runs once, the same on the embedded
 * engine and on a server. {@code schema_migrations} records what ran. Two servers that start at once on one ClickHouse may
 * both run a step; every statement bears that.
 */
public final class Schema {
    /** Used unless the URL names another. */
    public static final String DEFAULT_DATABASE = "freshet";

    private static final Logger log = LoggerFactory.getLogger(Schema.class);

    private static final List<Migration> MIGRATIONS = List.of(
            Migration.load("0001_events"),
            Migration.load("0002_rollups"),
            Migration.load("0003_profiles_and_rejected_events"),
            Migration.load("0004_places_of_rejected_events"),
            Migration.load("0005_canary"));

    /**
     * What spares the engine work under load: parts are merged ten at a time rather than five, so that a row is written again less
     * often, and no statistics are kept of columns, since no query here profits. Servers of some age know neither.
     */
    private static final Map<String, String> MERGE_SETTINGS =
            Map.of("merge_selector_base", "10", "auto_statistics_types", "''");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
    private static final Pattern DAYS = Pattern.compile("toIntervalDay\\((\\d+)\\)");
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final EventStore store;
    private final String database;

    Schema(EventStore store, String database) {
        this.store = store;
        this.database = requireName(database);
    }

    /** @throws EventStoreException INVALID_OPTION when it is no plain identifier */
    static String requireName(String database) {
        if (!NAME.matcher(database).matches()) {
            throw new EventStoreException(
                    EventStoreException.INVALID_OPTION,
                    "The database name `" + database + "` must be letters, digits and underscores.");
        }
        return database;
    }

    /**
     * Creates what is missing, runs the steps that did not run yet, and brings the retention to what is asked.
     *
     * @throws EventStoreException SCHEMA_MISMATCH when the database is of a newer version or a step was changed after it ran
     */
    void migrate(int retentionDays) {
        createDatabase();
        Map<Integer, String> applied = applied();
        int newest = MIGRATIONS.getLast().version();
        applied.keySet().stream().filter(version -> version > newest).findAny().ifPresent(version -> {
            throw new EventStoreException(
                    EventStoreException.SCHEMA_MISMATCH,
                    "The database " + database + " has schema version " + version + ", this program knows " + newest
                            + ". Use the newer program.");
        });
        for (Migration migration : MIGRATIONS) {
            String checksum = applied.get(migration.version());
            if (checksum == null) {
                run(migration, retentionDays);
            } else if (!checksum.equals(migration.checksum())) {
                throw new EventStoreException(
                        EventStoreException.SCHEMA_MISMATCH,
                        "The migration " + migration.name() + " was changed after it ran on the database " + database
                                + ".");
            }
        }
        applyMergeSettings();
        applyRetention(retentionDays);
    }

    private void createDatabase() {
        // Asked first, since a user of a server may lack the right to create what is there already.
        boolean isThere = store.query(StoreQuery.of("SELECT count() FROM system.databases WHERE name = {name:String}")
                                .bindText("name", database)
                                .outsideDatabase())
                        .int64()
                > 0;
        if (!isThere) {
            store.execute(StoreQuery.of("CREATE DATABASE IF NOT EXISTS `" + database + "`")
                    .outsideDatabase());
        }
    }

    private Map<Integer, String> applied() {
        store.execute(statement("""
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    version UInt32, name String, checksum String, applied_at DateTime('UTC') DEFAULT now()
                ) ENGINE = MergeTree ORDER BY version
                """));
        RowBinaryReader rows = store.query(StoreQuery.of("SELECT version, checksum FROM schema_migrations"));
        Map<Integer, String> applied = new HashMap<>();
        while (rows.hasNext()) {
            applied.put((int) rows.uint32(), rows.string());
        }
        return applied;
    }

    private void run(Migration migration, int retentionDays) {
        for (String sql : migration.statements(retentionDays)) {
            store.execute(statement(sql));
        }
        store.execute(statement("""
                        INSERT INTO schema_migrations (version, name, checksum)
                        SELECT {version:UInt32}, {name:String}, {checksum:String}
                        """)
                .bind("version", migration.version())
                .bindText("name", migration.name())
                .bindText("checksum", migration.checksum())
                .withSetting("async_insert", "0"));
        log.info("schema migrated [database={}, migration={}]", database, migration.name());
    }

    /** Leaves alone what somebody has set on a table himself. */
    private void applyMergeSettings() {
        RowBinaryReader unset = store.query(StoreQuery.of("""
                SELECT tables.name, settings.name
                FROM system.tables AS tables CROSS JOIN system.merge_tree_settings AS settings
                WHERE tables.database = currentDatabase() AND tables.name IN ('events', 'events_1m', 'events_1h', 'events_1d')
                    AND settings.name IN ('%s') AND position(tables.engine_full, settings.name) = 0
                """.formatted(String.join("', '", MERGE_SETTINGS.keySet()))));
        while (unset.hasNext()) {
            String table = unset.string();
            String setting = unset.string();
            store.execute(statement(
                    "ALTER TABLE %s MODIFY SETTING %s = %s".formatted(table, setting, MERGE_SETTINGS.get(setting))));
        }
    }

    private void applyRetention(int retentionDays) {
        long current = retentionDays();
        if (current == retentionDays) {
            return;
        }
        store.execute(statement(
                "ALTER TABLE events MODIFY TTL toDateTime(timestamp) + toIntervalDay(" + retentionDays + ")"));
        log.info(
                "retention of raw events changed [database={}, from_days={}, to_days={}]",
                database,
                current,
                retentionDays);
    }

    /** The days that raw events are kept at present, 0 when without a limit. */
    long retentionDays() {
        String engine = store.query(StoreQuery.of(
                        "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'events'"))
                .string();
        var days = DAYS.matcher(engine);
        return days.find() ? Long.parseLong(days.group(1)) : 0;
    }

    private static StoreQuery statement(String sql) {
        return StoreQuery.of(sql).withTimeout(TIMEOUT);
    }
}
