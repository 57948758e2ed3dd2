package dev.freshet.eventstore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings the batches of one cut after the other into ClickHouse. A batch that is refused for its content is halved until the bad
 * rows stand alone. That a batch was divided is recorded before its halves are inserted: afterwards it must not be taken as
 * a whole, even if ClickHouse changed its mind. Confined to the writer's thread.
 */
final class BatchInserter {
    private final EventStore store;
    private final CutJournal journal;
    private final RefusedEvents refused;
    private final WriterCounters counters;

    /** What is inserted of the cut at hand, so that a repeat after a failure goes on in its middle. */
    private final Set<String> completed = new HashSet<>();

    private final List<String> unsynced = new ArrayList<>();

    BatchInserter(EventStore store, CutJournal journal, RefusedEvents refused, WriterCounters counters) {
        this.store = store;
        this.journal = journal;
        this.refused = refused;
        this.counters = counters;
    }

    /** To be called once all batches of a cut are in. */
    void endCut() {
        completed.clear();
        unsynced.clear();
    }

    /** @throws EventStoreException when the batch, or a part of it, is to be tried again */
    void insert(DayBatch batch) {
        if (completed.contains(batch.token()) || journal.isDone(batch.token())) {
            return;
        }
        if (journal.isDivided(batch.token())) {
            batch.halves().forEach(this::insert);
            completed.add(batch.token());
            return;
        }
        try {
            switch (batch.kind()) {
                case EVENT -> {
                    store.insertEvents(batch.rows(), batch.token());
                    counters.insertedEvents.add(batch.count());
                }
                case DEAD_LETTER -> store.insert(DeadLetters.insert(batch));
                case CANARY -> store.insert(CanaryRows.insert(batch));
                case PROFILE_CHANGE -> throw new IllegalArgumentException("profile changes have no table to go into");
            }
            counters.inserts.increment();
        } catch (EventStoreException failure) {
            if (!failure.isRefusedContent()) {
                throw failure;
            }
            divide(batch, failure);
            return;
        }
        complete(batch.token());
    }

    private void divide(DayBatch batch, EventStoreException refusal) {
        if (batch.count() == 1) {
            refused.setAside(batch, refusal);
            counters.refusedEvents.increment();
            complete(batch.token());
        } else {
            journal.recordDivided(batch.token());
            insert(batch);
        }
    }

    private void complete(String token) {
        completed.add(token);
        unsynced.add(token);
        if (unsynced.size() >= WriterOptions.MOST_UNSYNCED_INSERTS / 2) {
            // A cut of very many parts: the tables' memory of tokens is bounded, so this memory takes over.
            store.sync();
            journal.recordDone(unsynced);
            unsynced.clear();
        }
    }
}
