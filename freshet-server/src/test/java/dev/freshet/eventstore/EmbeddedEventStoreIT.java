package dev.freshet.eventstore;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class EmbeddedEventStoreIT extends EventStoreContract {
    private EmbeddedEventStore store = EngineUnderTest.newStore();

    @BeforeAll
    static void engine() {
        EngineUnderTest.chdb();
    }

    @Override
    EventStore store() {
        return store;
    }

    @Override
    void reset() {
        EngineUnderTest.drop(store);
        store = EngineUnderTest.newStore();
    }

    @AfterAll
    void drop() {
        EngineUnderTest.drop(store);
    }
}
