package dev.freshet.duplicates;

import dev.freshet.duplicates.DuplicatesException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link DuplicateFilter} of the server: the newest ids in a table, which is sealed when it is full or old and becomes a
 * run on the disk; see docs/design/duplicates.md.
 *
 * <p>Threads: the owner of the log's order offers, withdraws and settles; {@code duplicates-flush} writes sealed tables;
 * {@code duplicates-merge} merges and removes. They share the sealed table and the list of runs, both replaced as a whole, a run
 * always before the table that it was made from goes.
 *
 * <p>Use: {@link #open}; when it is not {@link #isFilled}, {@link #remember} a day of ids and {@link #filled}; then remember what
 * the log has past {@link #flushedPosition}; then offer. An index whose files turn out to be damaged fails with CORRUPT and
 * begins anew, not filled, when it is opened again.
 */
public final class DuplicateIndex implements DuplicateFilter, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DuplicateIndex.class);
    private static final long WINDOW_MS = DuplicatesOptions.WINDOW.toMillis();
    private static final long AHEAD_MS = DuplicatesOptions.AHEAD.toMillis();
    private static final long CLOSE_MS = DuplicatesOptions.CLOSE.toMillis();
    private static final long RETRY_MS = 1_000;
    private static final int MAINTENANCE_SECONDS = 5;

    private final DuplicatesOptions options;
    private final RunStore store;
    private final TeamNumbers teams;
    private final RunMerger merger;
    private final LongConsumer whenFlushed;
    private final Executor flushes;
    private final @Nullable ScheduledExecutorService flushThread;
    private final @Nullable ScheduledExecutorService mergeThread;
    private final ByteBuffer page = Run.pageBuffer();
    private final AtomicBoolean isFlushing = new AtomicBoolean();
    private final LongAdder diskLookups = new LongAdder();
    private final LongAdder diskReads = new LongAdder();
    private IdTable active;
    private boolean lacksRoom;
    private long settledAtMs;
    private long movedOnMs;
    private long lastFailureMs;
    private long settledPosition;
    private boolean isUnsettled;
    private volatile int activeIds;
    private volatile @Nullable IdTable sealed;
    private volatile @Nullable IdTable spare;
    private @Nullable IdTable used;
    /** Why what is sealed, or up to where that is, could not be written at the last attempt. */
    private volatile @Nullable Exception flushFailure;

    private volatile boolean isClosed;

    private DuplicateIndex(DuplicatesOptions options, RunStore store, LongConsumer whenFlushed, boolean hasThreads) {
        this.options = options;
        this.whenFlushed = whenFlushed;
        this.store = store;
        teams = store.teams();
        active = newTable();
        flushThread = hasThreads ? thread("duplicates-flush") : null;
        mergeThread = hasThreads ? thread("duplicates-merge") : null;
        flushes = flushThread == null ? Runnable::run : flushThread;
        merger = new RunMerger(options, store, pace(mergeThread == null ? bytes -> {} : new MergePace(options)));
    }

    /** Ends a merge under way when this is closed; its inputs are all still there. */
    private LongConsumer pace(LongConsumer pace) {
        return bytes -> {
            if (isClosed) {
                throw new CancellationException("closed");
            }
            pace.accept(bytes);
        };
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    /**
     * Opens or creates the index of a folder, with its threads.
     *
     * @param whenFlushed told of each {@link #flushedPosition}, on the thread that flushes
     * @throws DuplicatesException CORRUPT, after which opening it again begins anew; INPUT_OUTPUT
     */
    public static DuplicateIndex open(DuplicatesOptions options, LongConsumer whenFlushed) {
        DuplicateIndex index = open(options, whenFlushed, true);
        if (index.mergeThread != null) {
            var _ = index.mergeThread.scheduleWithFixedDelay(
                    () -> index.maintain(System.currentTimeMillis()),
                    MAINTENANCE_SECONDS,
                    MAINTENANCE_SECONDS,
                    TimeUnit.SECONDS);
        }
        return index;
    }

    /** Without threads: a sealed table is flushed by whoever seals it, and maintenance is whoever calls {@link #maintain}. */
    static DuplicateIndex openUnthreaded(DuplicatesOptions options) {
        return openUnthreaded(options, position -> {});
    }

    static DuplicateIndex openUnthreaded(DuplicatesOptions options, LongConsumer whenFlushed) {
        return open(options, whenFlushed, false);
    }

    private static DuplicateIndex open(DuplicatesOptions options, LongConsumer whenFlushed, boolean hasThreads) {
        try {
            return new DuplicateIndex(options, RunStore.open(options), whenFlushed, hasThreads);
        } catch (DuplicatesException failure) {
            if (failure.code() == Code.CORRUPT) {
                RunStore.discard(options);
            }
            throw failure;
        }
    }

    /** Makes the next opening begin anew; for an index that does not fit its event log. */
    public static void discard(DuplicatesOptions options) {
        RunStore.discard(options);
    }

    private IdTable newTable() {
        return new IdTable(options.tableSlots(), teams::hash);
    }

    /** Whether {@link #filled} was ever called; until then it does not know of the day before it was made. */
    public boolean isFilled() {
        return store.isFilled();
    }

    /** Up to where in the event log all ids are on the disk here: the log must be kept past it. From any thread. */
    public long flushedPosition() {
        return store.flushedPosition();
    }

    @Override
    public int teamNumber(String teamId) {
        return teams.number(teamId);
    }

    @Override
    public Verdict offer(int teamNumber, long idHigh, long idLow, long sentAtMs, long receivedAtMs) {
        int idClass = FoldedId.classOf(idHigh, idLow);
        int section = teams.section(teamNumber, idClass);
        long high = FoldedId.high(idClass, idHigh);
        long low = FoldedId.low(idClass, idHigh, idLow);
        long hash = teams.hash(section, high, low);
        isUnsettled = true;
        int slot = active.find(hash, section, high, low);
        if (slot >= 0) {
            if (receivedAtMs - active.receivedAtMs(slot) < WINDOW_MS) {
                return Verdict.REPEAT;
            }
            if (!active.canHold(receivedAtMs)) {
                lacksRoom = true;
                return Verdict.NO_ROOM;
            }
            active.renew(slot, receivedAtMs);
            return Verdict.FIRST;
        }
        try {
            if (isKnown(hash, section, high, low, sentAtMs, receivedAtMs)) {
                return Verdict.REPEAT;
            }
        } catch (IOException failure) {
            LOGGER.error("event ids cannot be read, so that a repeat cannot be told", failure);
            return Verdict.NO_ROOM;
        }
        if (active.isFull() || !active.canHold(receivedAtMs)) {
            lacksRoom = true;
            return Verdict.NO_ROOM;
        }
        active.insert(hash, section, high, low, receivedAtMs);
        return Verdict.FIRST;
    }

    /** Asks the sealed table before the list of runs: what is flushed between the two is then found in the runs. */
    private boolean isKnown(long hash, int section, long high, long low, long sentAtMs, long atMs) throws IOException {
        IdTable table = sealed;
        if (table != null) {
            int slot = table.find(hash, section, high, low);
            if (slot >= 0 && atMs - table.receivedAtMs(slot) < WINDOW_MS) {
                return true;
            }
        }
        boolean isClose = sentAtMs != NOT_SENT && sentAtMs <= atMs + AHEAD_MS && sentAtMs >= atMs - CLOSE_MS;
        long sinceMs = isClose ? atMs - AHEAD_MS - CLOSE_MS : atMs - WINDOW_MS + 1;
        boolean hasRead = false;
        for (Run run : store.runs()) {
            if (run.facts().newestMs() < sinceMs) {
                break;
            }
            IdFilter filter = run.filter();
            if ((filter != null && !filter.mayHold(hash)) || run.section(section) == null) {
                continue;
            }
            diskReads.increment();
            if (!hasRead) {
                hasRead = true;
                diskLookups.increment();
            }
            long receivedAtMs = find(run, section, high, low);
            if (receivedAtMs != Run.NOT_HERE && atMs - receivedAtMs < WINDOW_MS) {
                return true;
            }
        }
        return false;
    }

    private long find(Run run, int section, long high, long low) throws IOException {
        try {
            return run.find(section, high, low, page);
        } catch (DuplicatesException damage) {
            store.discard();
            throw damage;
        }
    }

    @Override
    public void withdraw(int teamNumber, long idHigh, long idLow) {
        int idClass = FoldedId.classOf(idHigh, idLow);
        int section = teams.section(teamNumber, idClass);
        long high = FoldedId.high(idClass, idHigh);
        long low = FoldedId.low(idClass, idHigh, idLow);
        int slot = active.find(teams.hash(section, high, low), section, high, low);
        if (slot >= 0) {
            active.remove(slot);
        }
    }

    @Override
    public void settled(long logPosition, long atMs) {
        settledAtMs = atMs;
        isUnsettled = false;
        settledPosition = logPosition;
        activeIds = active.size();
        recycle();
        if (sealed != null) {
            flushAgain();
        } else if (active.size() == 0) {
            moveOnIfDue(logPosition);
        } else if (isDue()) {
            seal(logPosition);
        }
    }

    /** Where nobody sends ids there is nothing to flush, and the log must be trimmed all the same. */
    private void moveOnIfDue(long logPosition) {
        if (movedOnMs == 0) {
            movedOnMs = settledAtMs;
        }
        if (settledAtMs - movedOnMs >= options.flushAge().toMillis()) {
            movedOnMs = settledAtMs;
            flushes.execute(() -> moveOn(logPosition));
        }
    }

    private void moveOn(long logPosition) {
        if (!store.isFilled() || logPosition <= store.flushedPosition()) {
            return;
        }
        try {
            store.moveOn(logPosition);
            flushFailure = null;
        } catch (IOException | RuntimeException failure) {
            noteFlushFailure(failure);
            return;
        }
        tellFlushed();
    }

    /** On a thread whose failures nobody else would hear of. */
    private void tellFlushed() {
        try {
            whenFlushed.accept(store.flushedPosition());
        } catch (RuntimeException failure) {
            LOGGER.error("event ids are on the disk, but what follows from that failed", failure);
        }
    }

    /** Said once, since it is tried again every second. */
    private void noteFlushFailure(Exception failure) {
        if (flushFailure == null) {
            LOGGER.error(
                    "event ids cannot be written, they wait in memory and are tried again; when that is full, ingest answers 503"
                            + " [code=duplicates_unwritten, folder={}]",
                    options.folder(),
                    failure);
        }
        flushFailure = failure;
    }

    /**
     * Why new ids do not come onto the disk, with the mend; empty while they do. They are taken as long as the memory has room for
     * them, then refused. From any thread.
     */
    public Optional<String> failure() {
        if (store.isDiscarded()) {
            return Optional.of(
                    "the files of event ids are damaged; start the server again, which makes them anew from events and log");
        }
        return Optional.ofNullable(flushFailure)
                .map(cause -> "event ids cannot be written to " + options.folder() + ": " + cause.getMessage());
    }

    private boolean isDue() {
        int most = IdTable.mostIds(options.tableSlots());
        return lacksRoom
                || active.size() >= most - most / 8
                || settledAtMs - active.oldestMs() >= options.flushAge().toMillis()
                || slice(settledAtMs) != slice(active.oldestMs());
    }

    private long slice(long timeMs) {
        return Math.floorDiv(timeMs, options.slice().toMillis());
    }

    /** Since no look-up is under way, nobody uses what was flushed or replaced before. */
    private void recycle() {
        try {
            store.closeRetired();
        } catch (IOException failure) {
            LOGGER.warn("a file of event ids cannot be closed", failure);
        }
        IdTable free = used;
        if (free != null && sealed == null) {
            used = null;
            flushes.execute(() -> {
                free.clear();
                spare = free;
            });
        }
    }

    private void seal(long logPosition) {
        movedOnMs = settledAtMs;
        lacksRoom = false;
        active.seal(logPosition);
        used = active;
        sealed = active;
        IdTable next = spare;
        spare = null;
        active = next == null ? newTable() : next;
        activeIds = 0;
        flushes.execute(this::flush);
    }

    private void flushAgain() {
        if (!isFlushing.get() && settledAtMs - lastFailureMs >= RETRY_MS) {
            lastFailureMs = settledAtMs;
            flushes.execute(this::flush);
        }
    }

    private void flush() {
        IdTable table = sealed;
        if (table == null || !isFlushing.compareAndSet(false, true)) {
            return;
        }
        try {
            requireSound();
            if (!hasRoom(table)) {
                throw new DuplicatesException(
                        Code.NO_ROOM,
                        "the limits of disk or memory are reached [diskBytes=%d, memoryBytes=%d]"
                                .formatted(store.diskBytes(), memoryBytes()));
            }
            add(write(table), store.isFilled() ? table.endPosition() : 0);
            sealed = null;
            flushFailure = null;
        } catch (IOException | RuntimeException failure) {
            noteFlushFailure(failure);
            return;
        } finally {
            isFlushing.set(false);
        }
        tellFlushed();
    }

    /** Before a whole file is written that nothing could name. */
    private void requireSound() {
        if (store.isDiscarded()) {
            throw new DuplicatesException(Code.CORRUPT, "they are damaged and are made anew at the next start");
        }
    }

    private void add(Run run, long position) throws IOException {
        try {
            store.add(run, position);
        } catch (IOException | RuntimeException failure) {
            store.abandon(run, failure);
            throw failure;
        }
    }

    private boolean hasRoom(IdTable table) {
        // Sixteen bytes of id at the most, its time, its share of the filter and of the directory.
        return store.hasMemory() && store.diskBytes() + 21L * table.size() <= options.diskBytes();
    }

    private Run write(IdTable table) throws IOException {
        TableOrder order = new TableOrder(table);
        IdFilter filter = IdFilter.forIds(table.size());
        String name = store.nextName();
        RunFacts facts = RunFacts.exact(0, table.oldestMs(), table.newestMs());
        try (RunWriter writer = new RunWriter(options.files(), options.folder(), name, facts, filter, bytes -> {})) {
            int section = -1;
            for (int index = 0; index < order.count(); index++) {
                int slot = order.slot(index);
                if (table.section(slot) != section) {
                    section = table.section(slot);
                    writer.section(teams.name(section / FoldedId.CLASSES), section % FoldedId.CLASSES);
                }
                long high = table.high(slot);
                long low = table.low(slot);
                writer.add(high, low, table.receivedAtMs(slot), teams.hash(section, high, low));
            }
            writer.finish();
        }
        return store.open(name, filter);
    }

    /** Removes what has expired and merges what is ripe. */
    synchronized void maintain(long nowMs) {
        if (store.isDiscarded()) {
            return;
        }
        try {
            merger.expire(nowMs);
            while (!isClosed && merger.mergeOnce(nowMs)) {
                // One merge may make the next one ripe.
            }
        } catch (DuplicatesException damage) {
            LOGGER.error("event ids are damaged; the index is built anew at the next start", damage);
            store.discard();
        } catch (IOException | RuntimeException failure) {
            if (!isClosed) {
                LOGGER.error("event ids cannot be merged now", failure);
            }
        }
    }

    /**
     * Learns at start of an event that was received earlier. Waits for the disk when the table is full.
     *
     * @throws DuplicatesException NO_ROOM when the limits are too low for what must be known
     */
    public void remember(String teamId, long idHigh, long idLow, long receivedAtMs, long nowMs) {
        isUnsettled = true;
        if (nowMs - receivedAtMs >= WINDOW_MS) {
            return;
        }
        int idClass = FoldedId.classOf(idHigh, idLow);
        int section = teams.section(teams.number(teamId), idClass);
        long high = FoldedId.high(idClass, idHigh);
        long low = FoldedId.low(idClass, idHigh, idLow);
        long hash = teams.hash(section, high, low);
        int slot = active.find(hash, section, high, low);
        if (slot >= 0) {
            if (active.canHold(receivedAtMs)) {
                active.renew(slot, Math.max(receivedAtMs, active.receivedAtMs(slot)));
                return;
            }
        }
        if (active.isFull() || !active.canHold(receivedAtMs)) {
            flushNow(store.flushedPosition());
        }
        active.insert(hash, section, high, low, receivedAtMs);
    }

    /** Says that all ids of the log up to there were remembered. */
    public void remembered(long logPosition) {
        isUnsettled = false;
        settledPosition = logPosition;
        activeIds = active.size();
        int most = IdTable.mostIds(options.tableSlots());
        if (active.size() >= most - most / 8) {
            flushNow(logPosition);
        }
    }

    /** Ends the first filling: all ids up to the position were remembered, and are on the disk when this returns. */
    public void filled(long logPosition) {
        flushNow(0);
        isUnsettled = false;
        settledPosition = logPosition;
        try {
            store.setFilled(logPosition);
            whenFlushed.accept(logPosition);
        } catch (IOException failure) {
            throw new DuplicatesException(Code.INPUT_OUTPUT, "The event ids cannot be written: " + failure, failure);
        }
    }

    private void flushNow(long logPosition) {
        if (active.size() == 0) {
            return;
        }
        recycle();
        seal(logPosition);
        // Behind the flush that sealing ordered, so that it does something only where that one failed.
        CompletableFuture.runAsync(this::flush, flushes).join();
        Exception failure = flushFailure;
        if (sealed != null && failure != null) {
            throw new DuplicatesException(
                    failure instanceof DuplicatesException known ? known.code() : Code.INPUT_OUTPUT,
                    "The event ids of the last 24 hours cannot be written to " + options.folder() + " within "
                            + options.diskBytes() + " bytes of disk and " + options.memoryBytes() + " of memory: "
                            + failure.getMessage(),
                    failure);
        }
    }

    @Override
    public long size() {
        IdTable table = sealed;
        return activeIds + (table == null ? 0 : table.size()) + store.ids();
    }

    @Override
    public long memoryBytes() {
        return IdTable.memoryBytes(2L * options.tableSlots()) + store.filterBytes() + store.directoryBytes();
    }

    /** What the runs take on the disk. From any thread. */
    public long diskBytes() {
        return store.diskBytes();
    }

    /** What an id takes in the pages and the directory of the largest file, filter left out; 0 without files. From any thread. */
    public double leastBytesAnId() {
        return store.runs().stream()
                .max(Comparator.comparingLong(Run::ids))
                .map(run -> (double) (run.sizeBytes() - run.storedFilterBytes()) / run.ids())
                .orElse(0.0);
    }

    /** How many files the ids are in. From any thread. */
    public int runCount() {
        return store.runs().size();
    }

    /** How many look-ups had to read from a file since the start; the operating system may have had it in memory. */
    public long diskLookups() {
        return diskLookups.sum();
    }

    /** How many pages they read. */
    public long diskReads() {
        return diskReads.sum();
    }

    /** Merges and removes at once, on the caller's thread; for benchmarks, before anybody offers. */
    public void mergeNow(long nowMs) {
        maintain(nowMs);
    }

    List<Run> runs() {
        return store.runs();
    }

    /** Flushes what is settled and ends the threads. What is not flushed is in the log. Must not be called while somebody offers. */
    @Override
    public void close() {
        isClosed = true;
        if (store.isFilled() && !isUnsettled && sealed == null) {
            if (active.size() > 0) {
                seal(settledPosition);
            } else {
                flushes.execute(() -> moveOn(settledPosition));
            }
        }
        for (ScheduledExecutorService thread : threads()) {
            thread.shutdown();
        }
        try {
            for (ScheduledExecutorService thread : threads()) {
                if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                    LOGGER.warn("a thread of the event ids goes on after close");
                }
            }
            store.close();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            LOGGER.warn("a file of event ids cannot be closed", failure);
        }
    }

    private List<ScheduledExecutorService> threads() {
        return flushThread == null || mergeThread == null ? List.of() : List.of(flushThread, mergeThread);
    }
}
