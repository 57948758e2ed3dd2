package dev.freshet.eventstore;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The real store behind a switch: fails before or after an insert took effect, as a broken connection or a crash would. */
final class UnreliableStore extends ForwardingStore {
    /** What is done to an insert; by default nothing. */
    interface Fault {
        void beforeInsert(TableInsert insert);

        default void afterInsert(TableInsert insert) {}

        static Fault none() {
            return insert -> {};
        }

        /** Nothing comes through. */
        static Fault before() {
            return insert -> {
                throw unreachable();
            };
        }

        /** Every insert takes effect, and nobody learns of it. */
        static Fault after() {
            return new Fault() {
                @Override
                public void beforeInsert(TableInsert insert) {}

                @Override
                public void afterInsert(TableInsert insert) {
                    throw unreachable();
                }
            };
        }
    }

    private final List<String> tokens = Collections.synchronizedList(new ArrayList<>());
    private final List<String> takenTokens = Collections.synchronizedList(new ArrayList<>());
    private volatile Fault fault = Fault.none();
    private volatile boolean isSyncFailing;

    UnreliableStore(EventStore store) {
        super(store);
    }

    void setFault(Fault next) {
        fault = next;
    }

    void setSyncFailing(boolean isFailing) {
        isSyncFailing = isFailing;
    }

    /** Of all attempts so far, in order. */
    List<String> tokens() {
        synchronized (tokens) {
            return List.copyOf(tokens);
        }
    }

    /** Of those that took effect, in order. */
    List<String> takenTokens() {
        synchronized (takenTokens) {
            return List.copyOf(takenTokens);
        }
    }

    static EventStoreException unreachable() {
        return new EventStoreException(EventStoreException.UNREACHABLE, "the test says no");
    }

    @Override
    public void insert(TableInsert insert) {
        tokens.add(insert.token().orElse(""));
        Fault current = fault;
        current.beforeInsert(insert);
        super.insert(insert);
        takenTokens.add(insert.token().orElse(""));
        current.afterInsert(insert);
    }

    @Override
    public void sync() {
        if (isSyncFailing) {
            throw new EventStoreException(EventStoreException.SYNC_FAILED, "the test says no");
        }
        super.sync();
    }
}
