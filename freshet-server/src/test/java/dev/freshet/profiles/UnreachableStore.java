package dev.freshet.profiles;

import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.EventStoreException;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import dev.freshet.eventstore.TableInsert;
import java.time.Duration;

/** A ClickHouse that takes nothing. */
record UnreachableStore(EventStore store) implements EventStore {
    @Override
    public RowBinaryReader query(StoreQuery query) {
        return store.query(query);
    }

    @Override
    public void execute(StoreQuery statement) {
        store.execute(statement);
    }

    @Override
    public void insert(TableInsert insert) {
        throw new EventStoreException(
                0, EventStoreException.UNREACHABLE, "away, as the test wants it", new Exception());
    }

    @Override
    public void sync() {
        store.sync();
    }

    @Override
    public boolean isReachable(Duration timeout) {
        return false;
    }

    @Override
    public void close() {
        store.close();
    }
}
