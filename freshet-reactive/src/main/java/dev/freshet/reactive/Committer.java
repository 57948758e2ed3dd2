package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.runtime.BoundedQueue;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the tables, the write log and the subscriptions: one thread, which takes commands from a bounded queue. A commit
 * goes through these steps in this order: check the read set against newer commits; take a timestamp; apply the writes;
 * append to the log; mark the subscriptions it touches; tell its hook; make the new snapshot visible; notify whom it
 * touched; answer. So nobody can see a commit before everybody whom it concerns is marked. Notices and answers run
 * elsewhere, so that whoever hears of a commit cannot hold up or harm the next one.
 *
 * <p>A commit that writes a durable table, and every one behind it, becomes visible and is told and answered only once it
 * is safe on the disk: all commands that waited together share one sync. If that fails nothing is committed any more.
 */
final class Committer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int WRITE_LOG_ENTRIES = 20_000;
    private static final int WRITE_LOG_KEYS = 500_000;

    private final CommitTimestamps timestamps;
    private final BoundedQueue<Command> commands;
    private final Executor notifications;
    private final WriteLog log;
    private final SubscriptionIndex subscriptions = new SubscriptionIndex();
    private final Thread thread;
    private final Optional<CommitStore> store;
    /** What is kept of tables that there are no more; it stays, as somebody may bring them back. */
    private final List<CommitStore.StoredDocument> orphans = new ArrayList<>();
    /** Told once what is applied is safe. */
    private final List<Notice> held = new ArrayList<>();

    private volatile Snapshot latest;
    private volatile int subscribedIntervals;
    /** With all that is applied, safe or not. */
    private Snapshot applied;

    private boolean isUnsafe;
    private boolean isBroken;

    Committer(
            List<TableSchema> schemas,
            CommitTimestamps timestamps,
            int maxQueuedCommands,
            Executor notifications,
            Optional<CommitStore> store) {
        this.store = store;
        this.timestamps = timestamps;
        this.commands = new BoundedQueue<>(maxQueuedCommands, Long.MAX_VALUE, command -> 1);
        this.notifications = notifications;
        Map<String, TableSnapshot> tables = new HashMap<>();
        schemas.forEach(schema -> tables.put(schema.name(), TableSnapshot.empty(schema)));
        store.ifPresent(kept -> timestamps.startAfter(kept.load(document -> restore(tables, document))));
        this.latest = new Snapshot(timestamps.next(), tables);
        this.applied = latest;
        this.log = new WriteLog(WRITE_LOG_ENTRIES, WRITE_LOG_KEYS, latest.timestampNs());
        this.thread = Thread.ofPlatform().daemon().name("freshet-committer").unstarted(this::run);
        thread.start();
    }

    private void restore(Map<String, TableSnapshot> tables, CommitStore.StoredDocument kept) {
        TableSnapshot table = tables.get(kept.table());
        if (table == null || table.schema().durability() == Durability.MEMORY) {
            orphans.add(kept);
            return;
        }
        Document document = new Document(kept.id(), kept.creationTimeMs(), kept.content(), kept.writtenAtNs());
        Transaction.requireSchema(table.schema(), kept.content().without("_id").without("_creationTime"));
        tables.put(
                kept.table(),
                table.apply(new DocumentWrite(kept.table(), kept.id(), Optional.of(document)), (index, key) -> {}));
    }

    /** The newest snapshot. From any thread. */
    Snapshot latest() {
        return latest;
    }

    int queuedCommands() {
        return commands.size();
    }

    int subscribedIntervals() {
        return subscribedIntervals;
    }

    /** Commits a transaction if nothing it read has changed. From any thread. */
    CompletableFuture<CommitOutcome> commit(Transaction transaction, CommitHook hook) {
        // The read set is put together here, on the caller's thread, and the transaction's snapshot is let go.
        return submit(new Commit(
                transaction.snapshot().timestampNs(),
                transaction.readSet(),
                transaction.writes(),
                hook,
                new CompletableFuture<>()));
    }

    /**
     * Runs a transaction while nothing else commits, so that it cannot be in conflict. The function is given the newest
     * snapshot and may take its time elsewhere as long as it returns within bounds of its own. From any thread.
     */
    CompletableFuture<CommitOutcome> commitSerially(Function<Snapshot, Transaction> run, CommitHook hook) {
        return submit(new CommitSerially(run, hook, new CompletableFuture<>()));
    }

    /** Sets rows of a demand table, those of keys that still are demanded when it is their turn. From any thread. */
    CompletableFuture<CommitOutcome> publish(
            String table, Map<String, Optional<ConvexObject>> rows, Predicate<String> demanded) {
        return submit(new Publish(table, rows, demanded, new CompletableFuture<>()));
    }

    /** Takes away a row that nobody demands any more; past the bounds, since a row left over would be stale for ever. */
    CompletableFuture<CommitOutcome> removeRow(String table, String key) {
        Publish command =
                new Publish(table, Map.of(key, Optional.empty()), ignored -> false, new CompletableFuture<>());
        if (!commands.offerPastBounds(command)) {
            command.done().completeExceptionally(refusal());
        }
        return command.done();
    }

    private CompletableFuture<CommitOutcome> submit(CommitCommand command) {
        if (!commands.offer(command)) {
            command.done().completeExceptionally(refusal());
        }
        return command.done();
    }

    private DatabaseException refusal() {
        return commands.isClosed()
                ? new DatabaseException(DatabaseException.Code.STOPPED, "the database has been stopped")
                : new DatabaseException(DatabaseException.Code.COMMITTER_FULL, "more commits wait than may");
    }

    /**
     * Begins a subscription to what was read at the timestamp. If a newer commit has touched it already, it fires at once.
     *
     * @return when it is known to be looked after, or invalid
     */
    CompletableFuture<Subscription> subscribe(ReadSet reads, long readAtNs, Runnable onInvalidated) {
        Subscribe command = new Subscribe(new Subscription(reads, onInvalidated), readAtNs, new CompletableFuture<>());
        if (!commands.offerPastBounds(command)) {
            command.done().completeExceptionally(refusal());
        }
        return command.done();
    }

    /** Ends a subscription; it may still fire once. */
    void unsubscribe(Subscription subscription) {
        if (!subscription.isInvalidated()) {
            // Refused only when the committer has stopped, and then nothing fires any more.
            boolean _ = commands.offerPastBounds(new Unsubscribe(subscription));
        }
    }

    private void run() {
        try {
            for (List<Command> batch = commands.takeAll(); !batch.isEmpty(); batch = commands.takeAll()) {
                batch.forEach(this::perform);
                makeSafe();
            }
            timestamps.close();
            store.ifPresent(CommitStore::close);
        } catch (InterruptedException interruption) {
            LOG.error("the committer was interrupted and stops", interruption);
            stopUnanswered();
        } catch (UncheckedIOException failure) {
            LOG.warn("the committer could not close what it keeps; what was answered for is safe", failure);
        }
    }

    private void stopUnanswered() {
        commands.close();
        for (Command command : commands.drain()) {
            switch (command) {
                case CommitCommand commit -> commit.done().completeExceptionally(refusal());
                case Subscribe subscribe -> subscribe.done().completeExceptionally(refusal());
                case Unsubscribe ignored -> {}
            }
        }
    }

    private void perform(Command command) {
        switch (command) {
            case Commit commit -> answer(commit, () -> validateAndApply(commit));
            case CommitSerially serial ->
                answer(serial, () -> {
                    makeSafe();
                    requireUnbroken();
                    return apply(serial.run.apply(latest).writes(), serial.hook);
                });
            case Publish publish -> answer(publish, () -> apply(rowsOf(publish), CommitHook.NONE));
            case Subscribe subscribe -> subscribe(subscribe);
            case Unsubscribe(Subscription subscription) -> {
                if (!subscription.isInvalidated()) {
                    subscriptions.remove(subscription);
                    subscribedIntervals = subscriptions.size();
                }
            }
        }
    }

    private void answer(CommitCommand command, Supplier<CommitOutcome> work) {
        try {
            requireUnbroken();
            CommitOutcome outcome = work.get();
            onceSafe(
                    () -> command.done().complete(outcome),
                    failure -> command.done().completeExceptionally(failure));
        } catch (UncheckedIOException failure) {
            elsewhere(() -> command.done().completeExceptionally(notDurable(failure)));
        } catch (RuntimeException | Error failure) {
            // The thread must outlive any failure of one command; whoever asked is told.
            elsewhere(() -> command.done().completeExceptionally(failure));
        }
    }

    private static DatabaseException notDurable(UncheckedIOException failure) {
        return new DatabaseException(
                DatabaseException.Code.STORAGE_FAILED, "the commit could not be made durable", failure);
    }

    private void requireUnbroken() {
        if (isBroken) {
            throw new DatabaseException(
                    DatabaseException.Code.STORAGE_FAILED,
                    "an earlier commit could not be made durable; restart the server once its disk is well");
        }
    }

    private void onceSafe(Runnable notice, Consumer<DatabaseException> onFailure) {
        if (isUnsafe) {
            held.add(new Notice(notice, onFailure));
        } else {
            elsewhere(notice);
        }
    }

    /** Makes what is applied safe, then visible, then tells. */
    private void makeSafe() {
        if (!isUnsafe) {
            return;
        }
        isUnsafe = false;
        CommitStore kept = store.orElseThrow();
        try {
            kept.sync();
            latest = applied;
            held.forEach(notice -> elsewhere(notice.whenSafe));
            if (kept.isOvergrown()) {
                kept.rewrite(latest.timestampNs(), this::liveDocuments);
            }
        } catch (UncheckedIOException failure) {
            LOG.error("commits cannot be made durable, nothing is committed any more", failure);
            isBroken = true;
            DatabaseException reason = notDurable(failure);
            held.forEach(notice -> elsewhere(() -> notice.whenFailed.accept(reason)));
        }
        held.clear();
    }

    private Iterator<CommitStore.StoredDocument> liveDocuments() {
        return Stream.concat(
                        orphans.stream(),
                        latest.tables().values().stream()
                                .filter(table -> table.schema().durability() != Durability.MEMORY)
                                .flatMap(Committer::storedDocuments))
                .iterator();
    }

    private static Stream<CommitStore.StoredDocument> storedDocuments(TableSnapshot table) {
        Iterator<SortedTree.Entry<IndexKey, Document>> all = table.all();
        return Stream.generate(() -> all)
                .takeWhile(Iterator::hasNext)
                .map(next -> stored(table.schema().name(), next.next().value()));
    }

    private static CommitStore.StoredDocument stored(String table, Document document) {
        return new CommitStore.StoredDocument(
                table, document.id(), document.creationTimeMs(), document.value(), document.writtenAtNs());
    }

    /** What comes of a commit runs on other threads; here only if those have stopped. */
    private void elsewhere(Runnable notice) {
        try {
            notifications.execute(() -> runLogged(notice));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("nobody is left to give a notice to, it is given here", stopped);
            runLogged(notice);
        }
    }

    private static void runLogged(Runnable notice) {
        try {
            notice.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("who was told of a commit failed", failure);
        }
    }

    private CommitOutcome validateAndApply(Commit commit) {
        OptionalLong overlap = log.firstOverlapAfter(commit.snapshotNs, commit.reads);
        return overlap.isPresent() ? new CommitOutcome.Conflict() : apply(commit.writes, commit.hook);
    }

    private Iterable<DocumentWrite> rowsOf(Publish publish) {
        List<DocumentWrite> writes = new ArrayList<>();
        publish.rows.forEach((key, row) -> {
            if (row.isEmpty() || publish.demanded.test(key)) {
                writes.add(new DocumentWrite(publish.table, key, row.map(content -> new Document(key, 0, content, 0))));
            }
        });
        return writes;
    }

    private CommitOutcome apply(Iterable<DocumentWrite> writes, CommitHook hook) {
        long timestampNs = timestamps.next();
        List<WriteLog.TouchedKey> touched = new ArrayList<>();
        Map<String, TableSnapshot> changed = new HashMap<>();
        List<DocumentWrite> all = new ArrayList<>();
        for (DocumentWrite write : writes) {
            TableSnapshot table = changed.getOrDefault(write.table(), applied.table(write.table()));
            DocumentWrite stamped = new DocumentWrite(
                    write.table(), write.id(), write.document().map(document -> document.writtenAt(timestampNs)));
            all.add(stamped);
            changed.put(
                    write.table(),
                    table.apply(stamped, (index, key) -> touched.add(new WriteLog.TouchedKey(index, key))));
        }
        keep(timestampNs, all);
        log.append(timestampNs, touched);
        Set<Subscription> hit = invalidate(timestampNs, touched);
        tell(hook, timestampNs);
        applied = applied.with(timestampNs, changed);
        if (!isUnsafe) {
            latest = applied;
        }
        hit.forEach(this::tellInvalidated);
        return new CommitOutcome.Committed(timestampNs);
    }

    private void keep(long timestampNs, List<DocumentWrite> writes) {
        if (store.isPresent() && writes.stream().anyMatch(write -> durabilityOf(write) == Durability.DURABLE)) {
            store.get()
                    .append(
                            timestampNs,
                            writes.stream()
                                    .filter(write -> durabilityOf(write) != Durability.MEMORY)
                                    .map(write -> new CommitStore.StoredWrite(
                                            write.table(),
                                            write.id(),
                                            write.document().map(document -> stored(write.table(), document))))
                                    .toList());
            isUnsafe = true;
        }
    }

    private Durability durabilityOf(DocumentWrite write) {
        return applied.table(write.table()).schema().durability();
    }

    /** Whoever asks again must find the commit visible, or would keep the old result. */
    private void tellInvalidated(Subscription subscription) {
        onceSafe(
                subscription.onInvalidated(),
                failure -> subscription.onInvalidated().run());
    }

    /** The commit is certain by now, so a hook that fails cannot keep it or what comes after from happening. */
    private static void tell(CommitHook hook, long timestampNs) {
        try {
            hook.beforeVisible(timestampNs);
        } catch (RuntimeException | Error failure) {
            LOG.error("who was to hear of a commit failed [timestampNs={}]", timestampNs, failure);
        }
    }

    private Set<Subscription> invalidate(long timestampNs, List<WriteLog.TouchedKey> touched) {
        Set<Subscription> hit = new LinkedHashSet<>();
        for (WriteLog.TouchedKey key : touched) {
            subscriptions.forEachTouched(key.index(), key.key(), hit::add);
        }
        for (Subscription subscription : hit) {
            subscription.invalidate(timestampNs);
            subscriptions.remove(subscription);
        }
        subscribedIntervals = subscriptions.size();
        return hit;
    }

    private void subscribe(Subscribe command) {
        OptionalLong overlap = log.firstOverlapAfter(command.readAtNs, command.subscription.reads());
        if (overlap.isPresent()) {
            command.subscription.invalidate(overlap.getAsLong());
            tellInvalidated(command.subscription);
        } else {
            subscriptions.add(command.subscription);
            subscribedIntervals = subscriptions.size();
        }
        elsewhere(() -> command.done.complete(command.subscription));
    }

    /** Does what is queued, then stops. */
    @Override
    public void close() {
        commands.close();
        try {
            thread.join();
        } catch (InterruptedException interruption) {
            LOG.warn("interrupted while the committer finishes what is queued", interruption);
            Thread.currentThread().interrupt();
        }
    }

    private record Notice(Runnable whenSafe, Consumer<DatabaseException> whenFailed) {}

    private sealed interface Command {}

    private sealed interface CommitCommand extends Command {
        CompletableFuture<CommitOutcome> done();
    }

    private record Commit(
            long snapshotNs,
            ReadSet reads,
            List<DocumentWrite> writes,
            CommitHook hook,
            CompletableFuture<CommitOutcome> done)
            implements CommitCommand {}

    private record CommitSerially(
            Function<Snapshot, Transaction> run, CommitHook hook, CompletableFuture<CommitOutcome> done)
            implements CommitCommand {}

    private record Publish(
            String table,
            Map<String, Optional<ConvexObject>> rows,
            Predicate<String> demanded,
            CompletableFuture<CommitOutcome> done)
            implements CommitCommand {}

    private record Subscribe(Subscription subscription, long readAtNs, CompletableFuture<Subscription> done)
            implements Command {}

    private record Unsubscribe(Subscription subscription) implements Command {}
}
