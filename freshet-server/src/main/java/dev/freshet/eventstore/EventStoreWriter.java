package dev.freshet.eventstore;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLogException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains the event log into ClickHouse, each event exactly once. One thread reads the log, cuts batches, records each cut and inserts it;
 * a second one only syncs. Whatever fails, the way on is that of a start: repeat the recorded cuts that are not known to
 * be inserted, under their tokens, then follow the log from behind the last of them.
 *
 * <p>{@code durable >= inserted >= stored}. All public methods are thread-safe and none but {@link #stop} waits for ClickHouse;
 * {@link #betweenInserts} waits for the insert under way.
 */
public final class EventStoreWriter implements InsertGate, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventStoreWriter.class);

    /** How long the thread waits for events before it looks after syncs and stopping. */
    private static final Duration POLL = Duration.ofMillis(100);

    /** How long a reader between two inserts waits for a batch that is only partly inserted. */
    private static final Duration SETTLING_LIMIT = Duration.ofSeconds(5);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final long NOTHING_WAITS = -1;

    private final EventSource source;
    private final CutJournal journal;
    private final WriterOptions options;
    private final WriterClock clock;
    private final CutGate gate;
    private final CutPace pace;
    private final BatchInserter inserter;
    private final StoredFrontier frontier;
    private final WriterCounters counters = new WriterCounters();
    private final ExecutorService syncExecutor;
    private final Thread thread;

    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private volatile long stopDeadlineNs;
    private volatile long waitingReceivedAtMs = NOTHING_WAITS;
    private volatile Optional<String> failure = Optional.empty();
    private long waitingSinceNs;
    private long insertedInNs;
    private Duration backoff;

    /**
     * Does not begin before {@link #start}.
     *
     * @param journal belongs to the writer from here on
     * @param refusedFile takes events that not even the dead-letter table accepts
     * @param whenStored told each position up to which all is stored, on the writer's thread; trims the log, perhaps to less
     * @throws EventStoreException JOURNAL_MISMATCH when the log is older than what was stored from it
     */
    public EventStoreWriter(
            EventStore store,
            EventSource source,
            CutJournal journal,
            Path refusedFile,
            WriterOptions options,
            WriterClock clock,
            LongConsumer whenStored) {
        this.source = source;
        this.journal = journal;
        this.options = options;
        this.clock = clock;
        if (journal.nextPosition() - 1 > source.durablePosition()) {
            throw new EventStoreException(
                    EventStoreException.JOURNAL_MISMATCH,
                    "The event log ends at position " + source.durablePosition() + ", but events up to "
                            + (journal.nextPosition() - 1) + " were taken from it. Restore the log, or move the journal"
                            + " away with it.");
        }
        syncExecutor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("event-store-sync").daemon().factory());
        gate = new CutGate(journal.stored(), journal.cuts().isEmpty(), SETTLING_LIMIT);
        pace = new CutPace(options);
        inserter = new BatchInserter(store, journal, new RefusedEvents(store, refusedFile), counters);
        frontier = new StoredFrontier(store, journal, syncExecutor, options, whenStored);
        backoff = options.firstBackoff();
        thread = Thread.ofPlatform()
                .name("event-store-writer")
                .daemon()
                .uncaughtExceptionHandler((self, cause) -> {
                    failure = Optional.of("the writer ended: " + cause);
                    log.error("the event store writer ended, events wait in the log until a restart", cause);
                })
                .unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** The last position that the tables and all rollups hold. */
    public long insertedPosition() {
        return gate.inserted();
    }

    /** The last position that the log may forget as far as ClickHouse is concerned. */
    public long storedPosition() {
        return frontier.stored();
    }

    /**
     * {@inheritDoc}
     *
     * @throws EventStoreException INSERT_UNSETTLED when ClickHouse fails in the middle of a batch
     */
    @Override
    public <T> T betweenInserts(LongFunction<T> work) {
        return gate.betweenInserts(work);
    }

    public WriterStatus status() {
        long inserted = gate.inserted();
        long receivedAtMs = waitingReceivedAtMs;
        long waitingMs =
                receivedAtMs == NOTHING_WAITS ? 0 : Math.max(0, clock.wall().millis() - receivedAtMs);
        return new WriterStatus(
                inserted,
                frontier.stored(),
                Math.max(0, source.durablePosition() - inserted),
                Duration.ofMillis(waitingMs),
                counters.insertedEvents.sum(),
                counters.inserts.sum(),
                counters.failedAttempts.sum(),
                counters.refusedEvents.sum(),
                failure);
    }

    private void run() {
        frontier.announce();
        boolean isDrained = false;
        while (!isDrained && !isOutOfTime()) {
            try {
                journal.recover();
                repeatRecordedCuts();
                follow();
                isDrained = true;
            } catch (RuntimeException cause) {
                // Whatever it is: nothing acknowledged may be left behind while this process lives.
                backOff(cause);
            } catch (InterruptedException interrupted) {
                log.warn("the writer was interrupted and ends; the next start goes on from here");
                break;
            }
        }
        finish();
    }

    private void repeatRecordedCuts() throws InterruptedException {
        for (Cut cut : journal.cuts()) {
            if (cut.last() > gate.inserted()) {
                List<EventRows> blocks = read(cut);
                waitingReceivedAtMs = receivedAtMs(blocks.getFirst());
                insert(PlannedCut.of(journal.identity(), cut, blocks));
            }
        }
    }

    private List<EventRows> read(Cut cut) throws InterruptedException {
        List<EventRows> blocks = new ArrayList<>();
        long next = cut.first();
        try (EventSource.Reader reader = source.readFrom(cut.first())) {
            while (next <= cut.last()) {
                EventRows block = reader.next(POLL)
                        .orElseThrow(() -> new EventStoreException(
                                EventStoreException.JOURNAL_MISMATCH,
                                "The event log does not hold positions " + cut.first() + " to " + cut.last()
                                        + ", which were cut from it."));
                blocks.add(block);
                next = DayBatch.firstPosition(block) + block.count();
            }
        }
        return blocks;
    }

    /** Returns when stopping is asked for and nothing is left. */
    private void follow() throws InterruptedException {
        PendingRows pending = new PendingRows();
        try (EventSource.Reader reader = source.readFrom(journal.nextPosition())) {
            while (!isOutOfTime()) {
                long nowNs = clock.nanoTime().getAsLong();
                frontier.advance(nowNs);
                long delayNs = pace.delayNs(nowNs, pending.events(), pending.bytes(), waitingSinceNs);
                if (isStopping() && delayNs != CutPace.NEVER) {
                    delayNs = 0;
                }
                if (delayNs == 0) {
                    cut(pending, reader, nowNs);
                } else {
                    Optional<EventRows> block = reader.next(Duration.ofNanos(Math.min(delayNs, POLL.toNanos())));
                    block.ifPresent(rows -> add(pending, rows));
                    if (block.isEmpty() && pending.isEmpty() && isStopping()) {
                        return;
                    }
                }
            }
        }
    }

    private void add(PendingRows pending, EventRows block) {
        boolean isFirst = pending.isEmpty();
        pending.add(block);
        if (isFirst) {
            noteWaiting(pending);
        }
    }

    /** An event that waited in the log while an insert ran has waited already. */
    private void noteWaiting(PendingRows pending) {
        if (pending.isEmpty()) {
            waitingReceivedAtMs = NOTHING_WAITS;
            return;
        }
        long receivedAtMs = receivedAtMs(pending.blocks().getFirst());
        long waitedMs = Math.clamp(
                clock.wall().millis() - receivedAtMs, 0, options.flushInterval().toMillis());
        waitingReceivedAtMs = receivedAtMs;
        waitingSinceNs = clock.nanoTime().getAsLong() - TimeUnit.MILLISECONDS.toNanos(waitedMs);
    }

    private static long receivedAtMs(EventRows block) {
        EventCursor cursor = block.cursor();
        return cursor.next() ? cursor.receivedAtMs() : NOTHING_WAITS;
    }

    private void cut(PendingRows pending, EventSource.Reader reader, long nowNs) throws InterruptedException {
        fill(pending, reader);
        PlannedCut planned =
                PlannedCut.next(journal.identity(), pending.blocks(), options.mostEvents(), options.mostDays());
        journal.recordCut(planned.cut());
        pace.started(nowNs);
        insert(planned);
        pace.ended(insertedInNs);
        pending.removeTo(planned.cut().last());
        noteWaiting(pending);
    }

    /** Takes along what is there already: after a pause the drain makes few large inserts. */
    private void fill(PendingRows pending, EventSource.Reader reader) throws InterruptedException {
        while (pending.events() < options.mostEvents() && pending.bytes() < 2 * options.hurryBytes()) {
            Optional<EventRows> block = reader.next(Duration.ZERO);
            if (block.isEmpty()) {
                return;
            }
            pending.add(block.get());
        }
    }

    private void insert(PlannedCut planned) {
        frontier.awaitRoom(planned.batches().size(), clock.nanoTime().getAsLong());
        long position = planned.cut().last();
        gate.enter();
        try {
            long beganNs = clock.nanoTime().getAsLong();
            planned.batches().forEach(inserter::insert);
            insertedInNs = clock.nanoTime().getAsLong() - beganNs;
            gate.settle(position);
        } finally {
            gate.leave();
        }
        inserter.endCut();
        waitingReceivedAtMs = NOTHING_WAITS;
        frontier.inserted(position, planned.batches().size());
        if (failure.isPresent()) {
            log.info("ClickHouse takes events again [inserted={}]", position);
        }
        failure = Optional.empty();
        backoff = options.firstBackoff();
    }

    private void backOff(RuntimeException cause) {
        counters.failedAttempts.increment();
        if (failure.isEmpty()) {
            log.warn(
                    "events cannot be brought into ClickHouse, they wait in the log [inserted={}]",
                    gate.inserted(),
                    cause);
        }
        failure = Optional.of(String.valueOf(cause.getMessage()));
        try {
            if (isStopping()) {
                Thread.sleep(options.firstBackoff());
            } else if (stopRequested.await(backoff.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(options.mostBackoff()) < 0 ? doubled : options.mostBackoff();
    }

    private boolean isStopping() {
        return stopRequested.getCount() == 0;
    }

    private boolean isOutOfTime() {
        return isStopping() && clock.nanoTime().getAsLong() - stopDeadlineNs >= 0;
    }

    private void finish() {
        try (journal) {
            long nowNs = clock.nanoTime().getAsLong();
            frontier.finish(Duration.ofNanos(stopDeadlineNs - nowNs), nowNs);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (EventLogException cause) {
            log.warn("the journal of cuts could not be closed well; the next start repeats its last cuts", cause);
        }
    }

    /**
     * Brings what is in the log into ClickHouse as far as the limit allows, and ends. What is left stays in the log. Safe to
     * call twice.
     *
     * @return whether the writer's thread ended
     */
    public boolean stop(Duration limit) throws InterruptedException {
        stopDeadlineNs = clock.nanoTime().getAsLong() + limit.toNanos();
        stopRequested.countDown();
        boolean hasEnded = thread.join(limit.plus(POLL.multipliedBy(10)));
        syncExecutor.shutdown();
        return hasEnded;
    }

    /** Stops within 5 s. */
    @Override
    public void close() {
        try {
            if (!stop(CLOSE_LIMIT)) {
                log.warn("the writer did not end in time; the next start repeats what it was doing");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
