package dev.freshet.eventstore;

import java.time.Duration;

/** Passes every call on to another store; for tests that change what some calls do. */
public abstract class ForwardingStore implements EventStore {
    private final EventStore store;

    protected ForwardingStore(EventStore store) {
        this.store = store;
    }

    @Override
    public void insert(TableInsert insert) {
        store.insert(insert);
    }

    @Override
    public void sync() {
        store.sync();
    }

    @Override
    public RowBinaryReader query(StoreQuery query) {
        return store.query(query);
    }

    @Override
    public void execute(StoreQuery statement) {
        store.execute(statement);
    }

    @Override
    public boolean isReachable(Duration timeout) {
        return store.isReachable(timeout);
    }

    @Override
    public void close() {
        store.close();
    }
}
