package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SchemaIT {
    private final String database = EngineUnderTest.newDatabaseName();
    private EmbeddedEventStore store = EngineUnderTest.store(database, 90);

    @AfterEach
    void drop() {
        EngineUnderTest.drop(store);
    }

    @Test
    void anEmptyDatabaseGetsAllTables() {
        assertThat(texts("SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name"))
                .containsExactly(
                        "canary",
                        "events",
                        "events_1d",
                        "events_1d_view",
                        "events_1h",
                        "events_1h_view",
                        "events_1m",
                        "events_1m_view",
                        "profiles",
                        "rejected_events",
                        "schema_migrations");
    }

    @Test
    void migratingAgainChangesNothing() {
        store.insertEvents(List.of(TestEvents.block(1, 100, TestEvents.noon())), "token");

        store = EngineUnderTest.store(database, 90);

        assertThat(texts("SELECT name FROM schema_migrations ORDER BY version"))
                .containsExactly(
                        "0001_events",
                        "0002_rollups",
                        "0003_profiles_and_rejected_events",
                        "0004_places_of_rejected_events",
                        "0005_canary");
        assertThat(StoredCounts.of(store)).matches(counts -> counts.areAll(100));
    }

    @Test
    void aStepThatACrashEndedInTheMiddleIsRunAgain() {
        store.execute(StoreQuery.of("DROP TABLE events_1h_view SYNC"));
        store.execute(StoreQuery.of("DELETE FROM schema_migrations WHERE version = 2"));

        store = EngineUnderTest.store(database, 90);
        store.insertEvents(List.of(TestEvents.block(1, 100, TestEvents.noon())), "token");

        assertThat(StoredCounts.of(store)).matches(counts -> counts.areAll(100));
    }

    @Test
    void theRetentionFollowsItsSettingAtEachStart() {
        Schema schema = new Schema(store, database);
        assertThat(schema.retentionDays()).isEqualTo(90);

        schema.migrate(400);
        assertThat(schema.retentionDays()).isEqualTo(400);
    }

    @Test
    void aShorterRetentionRemovesWhatIsOlder() {
        store.insertEvents(List.of(TestEvents.block(1, 10, TestEvents.noon())), "new");
        store.insertEvents(List.of(TestEvents.block(11, 10, TestEvents.noon().minus(Duration.ofDays(40)))), "old");

        new Schema(store, database).migrate(30);
        store.execute(StoreQuery.of("OPTIMIZE TABLE events FINAL"));

        assertThat(StoredCounts.of(store).events()).isEqualTo(10);
        assertThat(StoredCounts.of(store).hours()).isEqualTo(20);
    }

    @Test
    void mergesAreSetOnceAndLeftToWhoeverSetsThemOtherwise() {
        String settings = """
                SELECT extract(engine_full, 'merge_selector_base = ([0-9.]+)') FROM system.tables
                WHERE database = currentDatabase() AND name IN ('events', 'events_1m', 'events_1h', 'events_1d') ORDER BY name
                """;
        assertThat(texts(settings)).containsExactly("10", "10", "10", "10");

        store.execute(StoreQuery.of("ALTER TABLE events_1h MODIFY SETTING merge_selector_base = 4"));
        new Schema(store, database).migrate(90);

        assertThat(texts(settings)).containsExactly("10", "10", "4", "10");
    }

    @Test
    void aDatabaseOfANewerVersionIsRefused() {
        store.execute(StoreQuery.of("INSERT INTO schema_migrations (version, name, checksum) SELECT 99, 'later', ''"));

        assertThatThrownBy(() -> EngineUnderTest.store(database, 90))
                .isInstanceOf(EventStoreException.class)
                .hasMessageContaining("schema version 99");
    }

    @Test
    void everyTableRemembersMoreBlocksThanCanBeUnsynced() {
        List<String> windows = texts("""
                SELECT extract(engine_full, 'non_replicated_deduplication_window = (\\\\d+)') FROM system.tables
                WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'schema_migrations'
                """);
        assertThat(windows)
                .hasSize(7)
                .allSatisfy(window -> assertThat(Integer.parseInt(window)).isGreaterThanOrEqualTo(4 * 2048));
    }

    private List<String> texts(String sql) {
        RowBinaryReader rows = store.query(StoreQuery.of(sql));
        List<String> texts = new ArrayList<>();
        while (rows.hasNext()) {
            texts.add(rows.string());
        }
        return texts;
    }
}
