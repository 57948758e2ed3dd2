package dev.freshet.eventstore;

import dev.freshet.http.clickhouse.ClickHouseHttpInterface;
import io.vertx.core.Vertx;

/**
 * The test JVM's one engine as a ClickHouse server, for whole Freshet servers in this JVM: they cannot have an engine each,
 * since a process can have one. Serves until the JVM ends.
 */
public final class TestClickHouse {
    private static final String PASSWORD = "shared-engine-test";

    private static final class Serving {
        static final int PORT = new ClickHouseHttpInterface(
                        Vertx.vertx(), EngineUnderTest.chdb(), "default", PASSWORD::equals, true)
                .listen("127.0.0.1", 0);
    }

    private final String database = EngineUnderTest.newDatabaseName();

    /** As FRESHET_CLICKHOUSE_URL wants it, with a database that is there once a server opened it. */
    public String url() {
        return "http://default:%s@127.0.0.1:%d/%s".formatted(PASSWORD, Serving.PORT, database);
    }

    /** The one text that a query gives, of a server's database. */
    public String text(String sql) {
        return store().query(StoreQuery.of(sql)).string();
    }

    /** Runs a statement in a server's database, behind its back. */
    public void run(String sql) {
        store().execute(StoreQuery.of(sql));
    }

    /** Not to be closed: the engine stays open, and another query may follow. */
    private EmbeddedEventStore store() {
        return new EmbeddedEventStore(EngineUnderTest.chdb(), EngineUnderTest.folder(), database);
    }
}
