package dev.freshet.server;

import dev.freshet.eventlog.MemoryLogFiles;
import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.EventStoreException;
import dev.freshet.eventstore.ForwardingStore;
import dev.freshet.eventstore.TableInsert;
import java.util.Optional;
import java.util.UUID;

/** A store as a process sees it that may die: once the process's files fail, nothing of it reaches the store any more. */
final class MortalStore extends ForwardingStore {
    private static final int NEVER = -1;

    private final MemoryLogFiles files;
    private boolean isForgetting;
    private int dyingBefore = NEVER;
    private int dyingAfter = NEVER;
    private int inserts;

    MortalStore(EventStore store, MemoryLogFiles files) {
        super(store);
        this.files = files;
    }

    /** The process dies when its n-th insert begins (1 is the first). */
    synchronized void dieBeforeInsert(int n) {
        dyingBefore = n;
    }

    /** Or when it has taken effect and nobody was told. */
    synchronized void dieAfterInsert(int n) {
        dyingAfter = n;
    }

    /** Every insert goes under a token of its own, so that a repeat is taken again. */
    synchronized void forgetTokens() {
        isForgetting = true;
    }

    /** The next process begins. */
    synchronized void revive() {
        dyingBefore = NEVER;
        dyingAfter = NEVER;
        inserts = 0;
    }

    @Override
    public synchronized void insert(TableInsert insert) {
        inserts++;
        if (inserts == dyingBefore) {
            files.die();
        }
        requireAlive();
        super.insert(
                isForgetting
                        ? new TableInsert(
                                insert.table(),
                                insert.columns(),
                                insert.rows(),
                                Optional.of(UUID.randomUUID().toString()))
                        : insert);
        if (inserts == dyingAfter) {
            files.die();
        }
        requireAlive();
    }

    private void requireAlive() {
        if (files.hasFailed()) {
            throw new EventStoreException(0, EventStoreException.UNREACHABLE, "the process is dead", null);
        }
    }

    /** The engine outlives every process here, so that nothing is gained by a real one. */
    @Override
    public void sync() {
        requireAlive();
    }
}
