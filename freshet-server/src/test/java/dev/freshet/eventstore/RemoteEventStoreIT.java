package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.http.clickhouse.ClickHouseHttpInterface;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The contract over HTTP, through the official client: against this project's interface over the embedded engine with
 * writing switched on, or against the server that the system property {@code freshet.test.clickhouse.url} names
 * ({@code http(s)://user:password@host:port}, without a database).
 */
final class RemoteEventStoreIT extends EventStoreContract {
    private static final String PASSWORD = "remote-store-test";

    private static final Vertx vertx = Vertx.vertx();
    private static final String serverUrl = Optional.ofNullable(System.getProperty("freshet.test.clickhouse.url"))
            .orElseGet(RemoteEventStoreIT::serve);

    private RemoteEventStore store = newStore();

    private static String serve() {
        // Closed with its event loops after the last test.
        ClickHouseHttpInterface served =
                new ClickHouseHttpInterface(vertx, EngineUnderTest.chdb(), "default", PASSWORD::equals, true);
        return "http://default:" + PASSWORD + "@127.0.0.1:" + served.listen("127.0.0.1", 0);
    }

    private static RemoteEventStore newStore() {
        return RemoteEventStore.open(serverUrl + "/" + EngineUnderTest.newDatabaseName(), 90);
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

    @AfterAll
    static void stopServing() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void openingAgainFindsWhatIsThere() {
        reset();
        store.insertEvents(List.of(TestEvents.block(1, 10, TestEvents.noon())), "token");
        String url = serverUrl + "/" + store.database();
        try (RemoteEventStore again = RemoteEventStore.open(url, 90)) {
            assertThat(StoredCounts.of(again)).matches(counts -> counts.areAll(10));
        }
    }
}
