package dev.freshet.profiles;

import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.EventStoreException;
import dev.freshet.eventstore.ForwardingStore;
import dev.freshet.eventstore.TableInsert;
import java.time.Duration;

/** A ClickHouse that takes nothing. */
final class UnreachableStore extends ForwardingStore {
    UnreachableStore(EventStore store) {
        super(store);
    }

    @Override
    public void insert(TableInsert insert) {
        throw new EventStoreException(
                0, EventStoreException.UNREACHABLE, "away, as the test wants it", new Exception());
    }

    @Override
    public boolean isReachable(Duration timeout) {
        return false;
    }
}
