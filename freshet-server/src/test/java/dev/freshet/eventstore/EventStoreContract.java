package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.event.EventRows;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every {@link EventStore} does, whichever ClickHouse it speaks to. Subclasses give a store with an empty, migrated database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EventStoreContract {
    abstract EventStore store();

    /** Empties the tables, or takes a new database. */
    abstract void reset();

    @Test
    void anInsertedEventComesBackWithEveryField() {
        reset();
        Instant at = TestEvents.noon().plusMillis(123);
        EventRows rows = TestEvents.named(41, at, "päge\t'quoted' \\ 日本");
        long receivedAtMs = receivedAt(rows);

        store().insertEvents(List.of(rows), "token-fields");

        RowBinaryReader row = store().query(StoreQuery.of("SELECT " + EventRows.COLUMNS + " FROM events"));
        assertThat(row.int64()).isEqualTo(41);
        assertThat(row.int64()).isEqualTo(receivedAtMs);
        assertThat(row.int64()).isEqualTo(at.toEpochMilli());
        assertThat(row.uuid()).isEqualTo(new UUID(0x7000L, 41));
        assertThat(row.int8()).isEqualTo((byte) 2);
        assertThat(row.string()).isEqualTo(TestEvents.TEAM);
        assertThat(row.string()).isEqualTo("päge\t'quoted' \\ 日本");
        assertThat(row.string()).isEqualTo("user_6");
        assertThat(row.string()).isEqualTo("session_2");
        assertThat(row.string()).isEqualTo("{}");
        assertThat(row.hasNext()).isFalse();
    }

    @Test
    void anInsertRepeatedWithItsTokenCountsOnceInTheTableAndInEveryRollup() {
        reset();
        List<EventRows> rows =
                List.of(TestEvents.block(1, 500, TestEvents.noon()), TestEvents.block(501, 500, TestEvents.noon()));

        for (int attempt = 0; attempt < 3; attempt++) {
            store().insertEvents(rows, "token-repeat");
        }

        assertThat(StoredCounts.of(store())).matches(counts -> counts.areAll(1000));
    }

    @Test
    void equalRowsUnderAnotherTokenAreOtherEvents() {
        reset();
        EventRows rows = TestEvents.block(1, 10, TestEvents.noon());

        store().insertEvents(List.of(rows), "token-a");
        store().insertEvents(List.of(rows), "token-b");

        assertThat(StoredCounts.of(store())).matches(counts -> counts.areAll(20));
    }

    @Test
    void aBatchThatGrewUnderItsTokenLosesItsNewRows() {
        reset();
        // The trap itself, which the writer's recorded cuts avoid: when this changes, docs/design/exactly-once.md must
        // too.
        store().insertEvents(List.of(TestEvents.block(1, 10, TestEvents.noon())), "token-grown");
        store().insertEvents(List.of(TestEvents.block(1, 15, TestEvents.noon())), "token-grown");

        assertThat(StoredCounts.of(store())).matches(counts -> counts.areAll(10));
    }

    private static final List<String> TABLES = List.of("events", "events_1m", "events_1h", "events_1d");

    @Test
    void aRetryBeyondTheDeduplicationWindowIsTakenAgain() {
        reset();
        // The trap itself, in tables that remember four inserts. The writer stays within the window: see the next test
        // and StoredFrontierTest.
        TABLES.forEach(table -> store().execute(StoreQuery.of(
                "ALTER TABLE " + table + " MODIFY SETTING non_replicated_deduplication_window = 4")));
        EventRows first = TestEvents.block(1, 10, TestEvents.noon());
        store().insertEvents(List.of(first), "token-first");
        for (int other = 1; other <= 3; other++) {
            store().insertEvents(List.of(TestEvents.block(10L * other + 1, 10, TestEvents.noon())), "token-" + other);
        }
        store().insertEvents(List.of(first), "token-first");
        assertThat(StoredCounts.of(store())).as("within").matches(counts -> counts.areAll(40));

        for (int other = 4; other <= 8; other++) {
            store().insertEvents(List.of(TestEvents.block(10L * other + 1, 10, TestEvents.noon())), "token-" + other);
        }
        store().insertEvents(List.of(first), "token-first");
        assertThat(StoredCounts.of(store())).as("beyond").matches(counts -> counts.areAll(100));
    }

    @Test
    void everyTableRemembersFourTimesAsManyInsertsAsMayBeUnsynced() {
        reset();
        RowBinaryReader windows = store().query(StoreQuery.of("""
                        SELECT toInt64(extract(create_table_query, 'non_replicated_deduplication_window = (\\d+)'))
                        FROM system.tables WHERE database = currentDatabase()
                        AND name IN ('events', 'events_1m', 'events_1h', 'events_1d', 'rejected_events', 'canary')
                        """));
        int tables = 0;
        for (; windows.hasNext(); tables++) {
            assertThat(windows.int64()).isGreaterThanOrEqualTo(4L * WriterOptions.MOST_UNSYNCED_INSERTS);
        }
        assertThat(tables).isEqualTo(6);
    }

    @Test
    void theLargestInsertIsOneBlockOfEachTable() {
        reset();
        List<EventRows> blocks = new ArrayList<>();
        for (int block = 0; block < 200; block++) {
            blocks.add(TestEvents.block(1 + block * 1000L, 1000, TestEvents.noon(), Duration.ofMillis(1)));
        }

        store().insertEvents(blocks, "token-large");
        store().insertEvents(blocks, "token-large");

        assertThat(StoredCounts.of(store())).matches(counts -> counts.areAll(200_000));
        RowBinaryReader blockNumbers = store().query(StoreQuery.of("""
                                        SELECT uniqExact(min_block_number) FROM system.parts
                                        WHERE database = currentDatabase() AND table LIKE 'events%' GROUP BY table
                                        """));
        int tables = 0;
        for (; blockNumbers.hasNext(); tables++) {
            assertThat(blockNumbers.int64()).isEqualTo(1);
        }
        assertThat(tables).isEqualTo(4);
    }

    @Test
    void parametersAreValuesWhateverTheyContain() {
        String hostile = "a'; DROP TABLE events; -- \\ \t \n {x:String} ü";
        RowBinaryReader row = store().query(StoreQuery.of("SELECT {text:String}, {number:Int64} + 1")
                .bindText("text", hostile)
                .bind("number", 41));
        assertThat(row.string()).isEqualTo(hostile);
        assertThat(row.int64()).isEqualTo(42);
    }

    @Test
    void aListBindsAsAnArray() {
        RowBinaryReader row = store().query(
                        StoreQuery.of("SELECT arrayJoin({names:Array(String)}) AS name ORDER BY name")
                                .bind("names", "['it\\'s','\\\\','ü']"));
        assertThat(List.of(row.string(), row.string(), row.string())).containsExactly("\\", "it's", "ü");
    }

    @Test
    void settingsHoldForTheirStatementOnly() {
        StoreQuery query = StoreQuery.of("SELECT getSetting('max_block_size')::UInt64");
        long before = store().query(query).int64();
        assertThat(store().query(query.withSetting("max_block_size", "777")).int64())
                .isEqualTo(777);
        assertThat(store().query(query).int64()).isEqualTo(before);
    }

    @Test
    void aFailureCarriesClickHousesCodeAndName() {
        assertThatThrownBy(() -> store().query(StoreQuery.of("SELECT * FROM nowhere")))
                .isInstanceOfSatisfying(EventStoreException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(60);
                    assertThat(failure.codeName()).isEqualTo("UNKNOWN_TABLE");
                });
    }

    @Test
    void aRowThatIsCutShortIsRefusedForItsContent() {
        reset();
        ByteBuffer whole = TestEvents.block(1, 3, TestEvents.noon()).buffer();
        ByteBuffer cut = whole.slice(0, whole.limit() - 1);
        TableInsert insert = new TableInsert("events", EventRows.COLUMNS, List.of(cut), Optional.of("token-cut"));

        assertThatThrownBy(() -> store().insert(insert))
                .isInstanceOfSatisfying(
                        EventStoreException.class,
                        failure -> assertThat(failure.isRefusedContent()).isTrue());
        assertThat(StoredCounts.of(store())).matches(counts -> counts.areAll(0));
    }

    @Test
    void aStatementPastItsLimitFails() {
        assertThatThrownBy(() -> store().query(
                                StoreQuery.of("SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1")
                                        .withTimeout(Duration.ofSeconds(1))))
                .isInstanceOfSatisfying(EventStoreException.class, failure -> {
                    assertThat(failure.isRefusedContent()).isFalse();
                    assertThat(failure.codeName()).isIn("TIMEOUT_EXCEEDED", EventStoreException.UNREACHABLE);
                });
    }

    @Test
    void anAnsweringEngineIsReachableAndSyncs() {
        assertThat(store().isReachable(Duration.ofSeconds(5))).isTrue();
        store().sync();
    }

    private static long receivedAt(EventRows rows) {
        var cursor = rows.cursor();
        cursor.next();
        return cursor.receivedAtMs();
    }
}
