package dev.freshet.reactive;

import dev.freshet.functions.api.Validator;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the commits of durable tables in their store. Once that has failed nothing is kept until it has recovered, which
 * the next durable commit has it try, at first at once and then after pauses. Belongs to the committer's thread.
 */
final class DurableCommits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DurableCommits.class);
    private static final long SHORTEST_PAUSE_NS = Duration.ofSeconds(1).toNanos();
    /** Other commits wait while the store recovers, so it is given a tenth of the time. */
    private static final int PAUSE_A_TRY = 10;

    private static final String NOT_WELL =
            "the disk has failed and durable tables are not written until it is well; try again later";

    private final CommitStore store;
    private final Clock clock;
    /** What is kept of tables that there are no more; it stays, as somebody may bring them back. */
    private final List<CommitStore.StoredDocument> orphans = new ArrayList<>();

    /** Nothing is appended before the store has recovered. */
    private boolean hasFailed;
    /** It has failed and nothing has been kept since. */
    private boolean isTroubled;

    private long nextTryNs;

    DurableCommits(CommitStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Once: puts what is kept into the tables. Returns the timestamp of the last commit that is kept, or 0. */
    long load(Map<String, TableSnapshot> tables) {
        return store.load(document -> restore(tables, document));
    }

    private void restore(Map<String, TableSnapshot> tables, CommitStore.StoredDocument kept) {
        TableSnapshot table = tables.get(kept.table());
        if (table == null || table.schema().durability() == Durability.MEMORY) {
            orphans.add(kept);
            return;
        }
        Document document = Document.unwritten(kept.id(), kept.creationTimeMs(), kept.content())
                .writtenAt(kept.writtenAtNs(), true);
        Transaction.requireSchema(
                table.schema(), kept.content().without("_id").without("_creationTime"), Validator.IdCheck.ANY_STRING);
        tables.put(
                kept.table(),
                table.apply(new DocumentWrite(kept.table(), kept.id(), Optional.of(document)), (index, key) -> {}));
    }

    /**
     * Has the store recover if it must.
     *
     * @param safe all commits that are kept, and no others
     * @throws DatabaseException when nothing can be kept now
     */
    void requireStore(Snapshot safe) {
        if (!hasFailed) {
            return;
        }
        long beganNs = clock.monotonicNs();
        if (beganNs - nextTryNs < 0) {
            throw new DatabaseException(DatabaseException.Code.STORAGE_FAILED, NOT_WELL);
        }
        try {
            store.recover(safe.timestampNs(), () -> documentsOf(safe));
        } catch (RuntimeException | Error failure) {
            long nowNs = clock.monotonicNs();
            nextTryNs = nowNs + Math.max(SHORTEST_PAUSE_NS, PAUSE_A_TRY * (nowNs - beganNs));
            throw new DatabaseException(DatabaseException.Code.STORAGE_FAILED, NOT_WELL, failure);
        }
        hasFailed = false;
    }

    /** Adds those of the writes that are kept. */
    void append(long timestampNs, List<DocumentWrite> writes) {
        store.append(
                timestampNs,
                writes.stream()
                        .map(write -> new CommitStore.StoredWrite(
                                write.table(),
                                write.id(),
                                write.document().map(document -> stored(write.table(), document))))
                        .toList());
    }

    /**
     * Returns once all that was appended is safe.
     *
     * @throws DatabaseException when it could not be made safe and is taken back
     */
    void sync() {
        try {
            store.sync();
            if (isTroubled) {
                isTroubled = false;
                LOG.info("durable tables are written again");
            }
        } catch (RuntimeException | Error failure) {
            // Whatever it was, nobody knows what is kept.
            failed("the disk has failed and durable tables are not written until it is well", failure);
            throw new DatabaseException(
                    DatabaseException.Code.STORAGE_FAILED,
                    "the commit could not be made durable and was taken back; try again later",
                    failure);
        }
    }

    /** Writes the store anew if it has grown too far. */
    void shrink(Snapshot safe) {
        if (hasFailed || !store.isOvergrown()) {
            return;
        }
        try {
            store.rewrite(safe.timestampNs(), () -> documentsOf(safe));
        } catch (RuntimeException | Error failure) {
            failed("the commits could not be written anew", failure);
        }
    }

    private void failed(String what, Throwable failure) {
        nextTryNs = clock.monotonicNs();
        if (isTroubled) {
            nextTryNs += SHORTEST_PAUSE_NS;
        } else {
            LOG.error(what, failure);
        }
        hasFailed = true;
        isTroubled = true;
    }

    private Iterator<CommitStore.StoredDocument> documentsOf(Snapshot snapshot) {
        return Stream.concat(
                        orphans.stream(),
                        snapshot.tables().values().stream()
                                .filter(table -> table.schema().durability() != Durability.MEMORY)
                                .flatMap(DurableCommits::keptDocuments))
                .iterator();
    }

    private static Stream<CommitStore.StoredDocument> keptDocuments(TableSnapshot table) {
        Iterator<SortedTree.Entry<IndexKey, Document>> all = table.all();
        return Stream.generate(() -> all)
                .takeWhile(Iterator::hasNext)
                .map(next -> next.next().value())
                .filter(Document::isKept)
                .map(document -> stored(table.schema().name(), document));
    }

    private static CommitStore.StoredDocument stored(String table, Document document) {
        return new CommitStore.StoredDocument(
                table, document.id(), document.creationTimeMs(), document.value(), document.writtenAtNs());
    }

    @Override
    public void close() {
        store.close();
    }
}
