package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The contract over HTTP, through the official client. The server is whatever {@link #serverUrl} names: a ClickHouse of one's own,
 * or this project's interface over the embedded engine with writing switched on.
 */
@EnabledIf("dev.freshet.eventstore.RemoteEventStoreIT#hasServer")
final class RemoteEventStoreIT extends EventStoreContract {
    private RemoteEventStore store = newStore();

    static boolean hasServer() {
        return serverUrl().isPresent();
    }

    /** {@code http(s)://user:password@host:port}, without a database. */
    private static Optional<String> serverUrl() {
        return Optional.ofNullable(System.getProperty("freshet.test.clickhouse.url"));
    }

    private static RemoteEventStore newStore() {
        return RemoteEventStore.open(serverUrl().orElseThrow() + "/" + EngineUnderTest.newDatabaseName(), 90);
    }

    @Override
    EventStore store() {
        return store;
    }

    @Override
    void reset() {
        drop();
        store = newStore();
    }

    @AfterAll
    void drop() {
        store.execute(StoreQuery.of("DROP DATABASE IF EXISTS `" + store.database() + "` SYNC")
                .outsideDatabase());
        store.close();
    }

    @Test
    void openingAgainFindsWhatIsThere() {
        reset();
        store.insertEvents(java.util.List.of(TestEvents.block(1, 10, TestEvents.noon())), "token");
        String url = serverUrl().orElseThrow() + "/" + store.database();
        try (RemoteEventStore again = RemoteEventStore.open(url, 90)) {
            assertThat(StoredCounts.of(again)).matches(counts -> counts.areAll(10));
        }
    }
}
