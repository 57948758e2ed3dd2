package dev.freshet.documents;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes each write command durable before its reply, many commands with one sync.
 *
 * <p>Invariant: a commit never falls into the middle of a command, since one command changes several maps (documents and
 * each index) and a file that holds half of it has an index out of step with its collection. So commands run under the
 * shared side of {@link #commands}, and the committer, the only thread that commits, compacts and syncs, under its
 * exclusive side. A ticket is taken before the shared side is left: whatever ticket the committer reads under the exclusive
 * side is covered by its commit.
 *
 * <p>Frontiers: {@code requested >= durable}. If a commit or a sync fails, it is unknown what is on the disk: all that wait
 * and all that come later are refused until a restart has read the file again.
 *
 * <p>Thread-safe. Fields from {@code requested} on are guarded by {@link #state}.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final int OPERATION_FAILED = 96;
    private static final int COMPACT_BELOW_FILL_PERCENT = 70;
    private static final int COMPACT_BYTES = 4 << 20;
    private static final long COMPACT_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    private final MVStore store;
    private final ReadWriteLock commands = new ReentrantReadWriteLock();
    private final ReentrantLock state = new ReentrantLock();
    private final Condition changed = state.newCondition();
    private final Thread committer;
    private long requested;
    private long durable;
    private boolean closing;
    private @Nullable Throwable failure;

    private GroupCommit(MVStore store) {
        this.store = store;
        this.committer =
                Thread.ofPlatform().name("documents-committer").daemon().unstarted(this::commitUntilClosed);
    }

    static GroupCommit start(MVStore store) {
        GroupCommit groupCommit = new GroupCommit(store);
        groupCommit.committer.start();
        return groupCommit;
    }

    /**
     * Runs a command that may write, and returns its answer when what it wrote is on the disk. A command that throws may
     * have written before (the first documents of a batch), so its error waits in the same way.
     */
    Document run(Supplier<Document> command) {
        long ticket = 0;
        commands.readLock().lock();
        try {
            refuseAfterFailure();
            try {
                return command.get();
            } finally {
                ticket = request();
            }
        } finally {
            commands.readLock().unlock();
            if (ticket > 0) {
                awaitDurable(ticket);
            }
        }
    }

    /** Throws if an earlier commit failed: what memory holds may then not be what a restart will find. */
    void refuseAfterFailure() {
        state.lock();
        try {
            if (failure != null) {
                throw refusal(failure);
            }
        } finally {
            state.unlock();
        }
    }

    private long request() {
        state.lock();
        try {
            requested++;
            changed.signalAll();
            return requested;
        } finally {
            state.unlock();
        }
    }

    private void awaitDurable(long ticket) {
        state.lock();
        try {
            while (durable < ticket && failure == null) {
                changed.awaitUninterruptibly();
            }
            if (durable < ticket && failure != null) {
                throw refusal(failure);
            }
        } finally {
            state.unlock();
        }
    }

    private static MongoServerError refusal(Throwable cause) {
        return new MongoServerError(
                OPERATION_FAILED,
                "OperationFailed",
                "the embedded document store could not be written to its disk; restart after mending the disk",
                cause);
    }

    private void commitUntilClosed() {
        long compactAfterNs = System.nanoTime() + COMPACT_PAUSE_NS;
        boolean compactDue = false;
        try {
            while (awaitWork(compactDue ? compactAfterNs - System.nanoTime() : Long.MAX_VALUE)) {
                compactDue |= commitRequested();
                if (compactDue && System.nanoTime() - compactAfterNs >= 0) {
                    compact();
                    compactDue = false;
                    compactAfterNs = System.nanoTime() + COMPACT_PAUSE_NS;
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("documents can not be made durable, refusing all further commands", e);
            fail(e);
        }
    }

    /** Waits for a request, the given time, or the close; false once closed with nothing left to commit. */
    private boolean awaitWork(long timeoutNs) {
        state.lock();
        try {
            long remainingNs = timeoutNs;
            while (requested == durable && !closing && remainingNs > 0) {
                remainingNs = changed.awaitNanos(remainingNs);
            }
            return requested > durable || !closing;
        } catch (InterruptedException e) {
            // Nobody has this thread to interrupt it; were it so, stopping would strand every waiting command.
            return true;
        } finally {
            state.unlock();
        }
    }

    private boolean commitRequested() {
        long upTo;
        commands.writeLock().lock();
        try {
            upTo = requestedNow();
            if (upTo == durableNow()) {
                return false;
            }
            store.commit();
        } finally {
            commands.writeLock().unlock();
        }
        store.sync();
        publish(upTo);
        return true;
    }

    /** With the background writer off, nobody else gives back the room of overwritten pages. */
    private void compact() {
        commands.writeLock().lock();
        try {
            store.compact(COMPACT_BELOW_FILL_PERCENT, COMPACT_BYTES);
            store.commit();
        } finally {
            commands.writeLock().unlock();
        }
        store.sync();
    }

    private long requestedNow() {
        state.lock();
        try {
            return requested;
        } finally {
            state.unlock();
        }
    }

    private long durableNow() {
        state.lock();
        try {
            return durable;
        } finally {
            state.unlock();
        }
    }

    private void publish(long upTo) {
        state.lock();
        try {
            durable = upTo;
            changed.signalAll();
        } finally {
            state.unlock();
        }
    }

    private void fail(Throwable cause) {
        state.lock();
        try {
            failure = cause;
            changed.signalAll();
        } finally {
            state.unlock();
        }
    }

    /** Commits what was requested and stops the committer. The store stays open. */
    @Override
    public void close() {
        state.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            state.unlock();
        }
        boolean interrupted = false;
        while (committer.isAlive()) {
            try {
                committer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
