package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.runtime.BoundedQueue;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
 * is safe on the disk: all commands that waited together share one sync. If that fails the durable ones are refused, and what
 * is left of the others is committed anew as if the durable ones had not been; a hook hears of what is safe only.
 */
final class Committer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int WRITE_LOG_ENTRIES = 20_000;
    private static final int WRITE_LOG_KEYS = 500_000;
    private static final int MOST_NOTICES_HELD = 64;
    /** Threads that share the notices that were given together, so that one who is slow to hear holds up none of the others. */
    private static final int TAKERS = 2;

    private final CommitTimestamps timestamps;
    private final BoundedQueue<Command> commands;
    private final Executor notifications;
    private final WriteLog log;
    private final SubscriptionIndex subscriptions = new SubscriptionIndex();
    private final Thread thread;
    private final Optional<DurableCommits> durable;
    /** Answered once what is applied is safe, in order; and with them those whom it touches are told. */
    private List<Waiting> waiting = new ArrayList<>();

    private List<Subscription> touchedUnsafely = new ArrayList<>();
    /** Not yet given to the other threads: waking one for each notice costs more than the commit. */
    private List<Runnable> notices = new ArrayList<>();

    private volatile Snapshot latest;
    private volatile int subscribedIntervals;
    /** With all that is applied, safe or not. */
    private Snapshot applied;

    private boolean isUnsafe;

    Committer(
            List<TableSchema> schemas,
            CommitTimestamps timestamps,
            int maxQueuedCommands,
            Executor notifications,
            Optional<DurableCommits> durable) {
        this.durable = durable;
        this.timestamps = timestamps;
        this.commands = new BoundedQueue<>(maxQueuedCommands, Long.MAX_VALUE, command -> 1);
        this.notifications = notifications;
        Map<String, TableSnapshot> tables = new HashMap<>();
        schemas.forEach(schema -> tables.put(schema.name(), TableSnapshot.empty(schema)));
        durable.ifPresent(kept -> timestamps.startAfter(kept.load(tables)));
        this.latest = new Snapshot(timestamps.next(), tables);
        this.applied = latest;
        this.log = new WriteLog(WRITE_LOG_ENTRIES, WRITE_LOG_KEYS, latest.timestampNs());
        this.thread = Thread.ofPlatform().daemon().name("freshet-committer").unstarted(this::run);
        thread.start();
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
        if (transaction.failure().isPresent()) {
            return CompletableFuture.failedFuture(transaction.failure().get());
        }
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
        subscription.end();
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
                giveNotices();
            }
            durable.ifPresent(DurableCommits::close);
            timestamps.close();
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
                    giveNotices();
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

    private void answer(CommitCommand command, Supplier<Applied> work) {
        try {
            Applied done = work.get();
            if (isUnsafe) {
                waiting.add(new Waiting(command, done));
            } else {
                elsewhere(() -> command.done().complete(done.outcome));
            }
        } catch (UncheckedIOException failure) {
            elsewhere(() -> command.done()
                    .completeExceptionally(new DatabaseException(
                            DatabaseException.Code.STORAGE_FAILED, "the commit could not be made durable", failure)));
        } catch (RuntimeException | Error failure) {
            // The thread must outlive any failure of one command; whoever asked is told.
            elsewhere(() -> command.done().completeExceptionally(failure));
        }
    }

    /** Makes what is applied safe, then visible, then tells. */
    private void makeSafe() {
        while (isUnsafe) {
            List<Waiting> answered = waiting;
            List<Subscription> touched = touchedUnsafely;
            waiting = new ArrayList<>();
            touchedUnsafely = new ArrayList<>();
            isUnsafe = false;
            giveNotices();
            try {
                durable.orElseThrow().sync();
            } catch (DatabaseException failure) {
                takeBack(answered, touched, failure);
                continue;
            }
            answered.forEach(one -> one.applied.tellHook());
            latest = applied;
            touched.forEach(subscription -> elsewhere(subscription.onInvalidated()));
            answered.forEach(one -> elsewhere(() -> one.command.done().complete(one.applied.outcome)));
            durable.orElseThrow().shrink(latest);
        }
    }

    /** Refuses what could not be kept and does the rest again, as nobody has seen or heard anything of it. */
    private void takeBack(List<Waiting> answered, List<Subscription> touched, DatabaseException failure) {
        applied = latest;
        log.forgetAfter(latest.timestampNs());
        for (Subscription subscription : touched) {
            subscription.revalidate();
            // Who ended it meanwhile may have taken it for gone.
            if (!subscription.hasEnded()) {
                subscriptions.add(subscription);
            }
        }
        subscribedIntervals = subscriptions.size();
        for (Waiting one : answered) {
            if (one.applied.isKept) {
                elsewhere(() -> one.command.done().completeExceptionally(failure));
            } else {
                perform(one.command);
            }
        }
    }

    /** What comes of a commit runs on other threads, at the latest when all commands that waited together are done. */
    private void elsewhere(Runnable notice) {
        notices.add(notice);
        if (notices.size() >= MOST_NOTICES_HELD) {
            giveNotices();
        }
    }

    private void giveNotices() {
        if (notices.isEmpty()) {
            return;
        }
        List<Runnable> given = notices;
        notices = new ArrayList<>();
        AtomicInteger next = new AtomicInteger();
        Runnable taker = () -> {
            for (int one = next.getAndIncrement(); one < given.size(); one = next.getAndIncrement()) {
                runLogged(given.get(one));
            }
        };
        try {
            for (int takers = 0; takers < Math.min(TAKERS, given.size()); takers++) {
                notifications.execute(taker);
            }
        } catch (RejectedExecutionException stopped) {
            LOG.debug("nobody is left to give notices to, they are given here", stopped);
            taker.run();
        }
    }

    private static void runLogged(Runnable notice) {
        try {
            notice.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("who was told of a commit failed", failure);
        }
    }

    private Applied validateAndApply(Commit commit) {
        return log.isTouchedAfter(commit.snapshotNs, commit.reads)
                ? Applied.CONFLICT
                : apply(commit.writes, commit.hook);
    }

    private Iterable<DocumentWrite> rowsOf(Publish publish) {
        List<DocumentWrite> writes = new ArrayList<>();
        publish.rows.forEach((key, row) -> {
            if (row.isEmpty() || publish.demanded.test(key)) {
                writes.add(
                        new DocumentWrite(publish.table, key, row.map(content -> Document.unwritten(key, 0, content))));
            }
        });
        return writes;
    }

    private Applied apply(Iterable<DocumentWrite> writes, CommitHook hook) {
        boolean isKept = isDurable(writes);
        if (isKept && !isUnsafe) {
            durable.orElseThrow().requireStore(latest);
        }
        long timestampNs = timestamps.next();
        List<WriteLog.TouchedKey> touched = new ArrayList<>();
        Map<String, TableSnapshot> changed = new HashMap<>();
        List<DocumentWrite> kept = new ArrayList<>();
        for (DocumentWrite write : writes) {
            TableSnapshot table = changed.getOrDefault(write.table(), applied.table(write.table()));
            DocumentWrite stamped = new DocumentWrite(
                    write.table(),
                    write.id(),
                    write.document().map(document -> document.writtenAt(timestampNs, isKept)));
            if (isKept && durabilityOf(write) != Durability.MEMORY) {
                kept.add(stamped);
            }
            changed.put(
                    write.table(),
                    table.apply(stamped, (index, key) -> touched.add(new WriteLog.TouchedKey(index, key))));
        }
        if (isKept) {
            durable.orElseThrow().append(timestampNs, kept);
            isUnsafe = true;
        }
        log.append(timestampNs, touched);
        Set<Subscription> hit = invalidate(timestampNs, touched);
        applied = applied.with(timestampNs, changed);
        Applied done = new Applied(new CommitOutcome.Committed(timestampNs), timestampNs, hook, isKept);
        if (isUnsafe) {
            touchedUnsafely.addAll(hit);
        } else {
            done.tellHook();
            latest = applied;
            hit.forEach(subscription -> elsewhere(subscription.onInvalidated()));
        }
        return done;
    }

    private boolean isDurable(Iterable<DocumentWrite> writes) {
        if (durable.isPresent()) {
            for (DocumentWrite write : writes) {
                if (durabilityOf(write) == Durability.DURABLE) {
                    return true;
                }
            }
        }
        return false;
    }

    private Durability durabilityOf(DocumentWrite write) {
        return applied.table(write.table()).schema().durability();
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
            // Whoever asks again must find the commit visible, or would keep the old result.
            if (overlap.getAsLong() > latest.timestampNs()) {
                touchedUnsafely.add(command.subscription);
            } else {
                elsewhere(command.subscription.onInvalidated());
            }
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

    /** What became of a command; its hook is told before anybody can see it. */
    private record Applied(CommitOutcome outcome, long timestampNs, CommitHook hook, boolean isKept) {
        static final Applied CONFLICT = new Applied(new CommitOutcome.Conflict(), 0, CommitHook.NONE, false);

        /** The commit is certain by now, so a hook that fails cannot keep it or what comes after from happening. */
        void tellHook() {
            try {
                hook.beforeVisible(timestampNs);
            } catch (RuntimeException | Error failure) {
                LOG.error("who was to hear of a commit failed [timestampNs={}]", timestampNs, failure);
            }
        }
    }

    private record Waiting(CommitCommand command, Applied applied) {}

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
