package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.eventlog.MemoryLogFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What keeps a repeat within the tables' memory of tokens, on a store that only syncs, or does not. */
class StoredFrontierTest {
    private static final int MOST = WriterOptions.MOST_UNSYNCED_INSERTS;

    private final SyncingStore store = new SyncingStore();
    private final CutJournal journal = CutJournal.open(new MemoryLogFiles(), Path.of("cuts"));
    private final List<Long> told = new ArrayList<>();
    private final StoredFrontier frontier = new StoredFrontier(
            store,
            journal,
            Runnable::run,
            WriterOptions.of(Duration.ofMillis(500), 100, Duration.ofMillis(200)),
            told::add);

    private static final class SyncingStore implements EventStore {
        private int syncs;
        private boolean isFailing;

        @Override
        public void sync() {
            syncs++;
            if (isFailing) {
                throw new EventStoreException(EventStoreException.SYNC_FAILED, "the test says no");
            }
        }

        @Override
        public RowBinaryReader query(StoreQuery query) {
            return new RowBinaryReader(ByteBuffer.allocate(0));
        }

        @Override
        public void execute(StoreQuery statement) {}

        @Override
        public void insert(TableInsert insert) {}

        @Override
        public boolean isReachable(Duration timeout) {
            return true;
        }

        @Override
        public void close() {}
    }

    private void insert(long position, int inserts) {
        frontier.awaitRoom(inserts, 0);
        journal.recordCut(new Cut(position, position));
        frontier.inserted(position, inserts);
    }

    @Test
    void insertsWaitForASyncBeforeMoreAreUnsyncedThanATokenIsRememberedFor() {
        insert(1, MOST - 1);
        insert(2, 1);
        assertThat(store.syncs).isZero();

        insert(3, 1);

        assertThat(store.syncs).isEqualTo(1);
        assertThat(told).containsExactly(2L);
        insert(4, MOST - 1);
        assertThat(store.syncs).as("what came after the sync counts from there").isEqualTo(1);
    }

    @Test
    void noInsertGoesOnWhileTheStoreCannotSync() {
        insert(1, MOST);
        store.isFailing = true;

        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> frontier.awaitRoom(1, 0))
                    .isInstanceOfSatisfying(
                            EventStoreException.class,
                            failure -> assertThat(failure.codeName()).isEqualTo(EventStoreException.SYNC_FAILED));
        }
        assertThat(frontier.stored()).isZero();
        assertThat(told).isEmpty();

        store.isFailing = false;
        frontier.awaitRoom(1, 0);
        assertThat(frontier.stored()).isEqualTo(1);
    }

    @Test
    void aSyncCoversOnlyWhatWasInsertedWhenItBegan() {
        insert(1, 1);
        frontier.advance(0);
        insert(2, 1);
        frontier.advance(1);

        assertThat(told).containsExactly(1L);
        assertThat(frontier.stored()).isEqualTo(1);
    }
}
