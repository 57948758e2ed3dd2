package dev.freshet.aggregate;

import dev.freshet.event.EventRows;
import dev.freshet.event.EventType;
import dev.freshet.eventstore.InsertGate;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import dev.freshet.metric.MetricResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Log, ClickHouse, pool, clock and aggregation in one thread, moved by hand: whatever may happen between two steps of a
 * start can be made to happen there, by {@link #meanwhile}.
 */
final class LiveWorld implements InsertGate, InstantSource {
    static final long START_MS = Instant.parse("2026-02-28T23:58:57.250Z").toEpochMilli();

    final List<TestEvent> events = new ArrayList<>();
    final List<EventRows> blocks = new ArrayList<>();
    final List<Long> blockEnds = new ArrayList<>();
    final ArrayDeque<Runnable> pool = new ArrayDeque<>();
    final ArrayDeque<Message> mailbox = new ArrayDeque<>();
    final Map<LiveMetricKey, MetricResult> published = new HashMap<>();
    final List<Map<LiveMetricKey, MetricResult>> publications = new ArrayList<>();
    final LiveMetricsCounters counters = new LiveMetricsCounters();
    final ModelStore model = new ModelStore(this::stored);
    final LiveMemory memory;
    final LiveAggregation aggregation;
    private final Consumer<EventRows> inserter;

    /** Called at every seam a start passes, but not while the aggregation itself is at work. */
    Runnable meanwhile = () -> {};

    long nowMs = START_MS;
    long nowNs;
    long storedPosition;
    boolean isGateHeld;
    boolean isAggregating;
    int openReaders;
    private int delivered;

    LiveWorld(LiveMetricsOptions options) {
        this(options, Optional.empty(), _ -> {});
    }

    /**
     * @param engine answers instead of the model; it must hold what {@link #stored} does
     * @param inserter is given what {@link #insert} adds
     */
    LiveWorld(
            LiveMetricsOptions options,
            Optional<Function<StoreQuery, RowBinaryReader>> engine,
            Consumer<EventRows> inserter) {
        this.inserter = inserter;
        memory = new LiveMemory(options.mostBytes());
        Function<StoreQuery, RowBinaryReader> store = engine.orElse(model);
        MetricReader reader = new MetricReader(query -> {
            pause();
            RowBinaryReader rows = store.apply(query);
            pause();
            return rows;
        });
        MetricStarter starter =
                new MetricStarter(this::readFrom, this, reader, this, options, memory, pool::add, mailbox::add);
        aggregation = new LiveAggregation(starter, options, this::publish, counters, nowNs);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMs);
    }

    List<TestEvent> stored() {
        return events.subList(0, Math.toIntExact(storedPosition));
    }

    private void publish(Map<LiveMetricKey, MetricResult> changed, long position) {
        changed.forEach((key, result) -> {
            if (result.equals(published.put(key, result))) {
                throw new AssertionError("published again though unchanged: " + key + " " + result);
            }
        });
        publications.add(changed);
    }

    TestEvent event(long timestampMs, EventType type, String team, String name, String user, String session) {
        return new TestEvent(0, timestampMs, type, team, name, user, session);
    }

    /** Makes events durable as one block. */
    void append(TestEvent... block) {
        List<TestEvent> stamped = new ArrayList<>();
        for (TestEvent event : block) {
            stamped.add(new TestEvent(
                    events.size() + stamped.size() + 1L,
                    event.timestampMs(),
                    event.type(),
                    event.team(),
                    event.name(),
                    event.user(),
                    event.session()));
        }
        events.addAll(stamped);
        blocks.add(TestEvent.rows(stamped, nowMs));
        blockEnds.add((long) events.size());
    }

    /** Inserts all that is durable, unless a start holds the gate. */
    void insert() {
        if (isGateHeld) {
            return;
        }
        for (int block = 0; block < blocks.size(); block++) {
            if (blockEnds.get(block) > storedPosition) {
                inserter.accept(blocks.get(block));
                storedPosition = blockEnds.get(block);
            }
        }
    }

    /** Begins the feed at what is stored, as the follower of the log does. */
    void feed() {
        while (delivered < blocks.size() && blockEnds.get(delivered) <= storedPosition) {
            delivered++;
        }
        handle(new Message.FeedStarts(storedPosition));
    }

    /** Gives the aggregation the next block; false when there is none. */
    boolean deliver() {
        if (isAggregating || delivered >= blocks.size()) {
            return false;
        }
        handle(new Message.Rows(blocks.get(delivered), blockEnds.get(delivered)));
        delivered++;
        return true;
    }

    void deliverAll() {
        boolean goesOn;
        do {
            goesOn = deliver();
        } while (goesOn);
    }

    void demand(LiveMetricKey key) {
        handle(new Message.Demand(key));
    }

    void release(LiveMetricKey key) {
        published.remove(key);
        handle(new Message.Release(key));
    }

    void handle(Message message) {
        isAggregating = true;
        aggregation.advance(nowMs, nowNs);
        aggregation.handle(message, nowNs);
        isAggregating = false;
    }

    /** Runs one start up to its reply, which then waits in the mailbox; false when none is wanted. */
    boolean runStart() {
        Runnable start = pool.poll();
        if (start == null) {
            return false;
        }
        start.run();
        return true;
    }

    boolean receive() {
        Message message = mailbox.poll();
        if (message == null) {
            return false;
        }
        handle(message);
        return true;
    }

    /** Runs all starts and takes all replies. */
    void settle() {
        boolean goesOn;
        do {
            goesOn = runStart() || receive();
        } while (goesOn);
    }

    /** What the aggregation thread does at the end of a round, long enough after the last for coalescing. */
    void publish() {
        isAggregating = true;
        nowNs += Duration.ofMillis(50).toNanos();
        aggregation.advance(nowMs, nowNs);
        aggregation.retry(nowNs);
        aggregation.publish(nowNs);
        isAggregating = false;
    }

    void pass(Duration time) {
        nowMs += time.toMillis();
        nowNs += time.toNanos();
    }

    /** The events that the aggregation has taken. */
    List<TestEvent> aggregated() {
        return events.subList(0, (int) Math.max(aggregation.position(), 0));
    }

    private void pause() {
        if (!isAggregating) {
            meanwhile.run();
        }
    }

    @Override
    public <T> T betweenInserts(LongFunction<T> work) {
        pause();
        isGateHeld = true;
        T result = work.apply(storedPosition);
        isGateHeld = false;
        pause();
        return result;
    }

    private EventFeed.Reader readFrom(long position) {
        openReaders++;
        return new ModelReader(position);
    }

    private final class ModelReader implements EventFeed.Reader {
        private long position;

        ModelReader(long position) {
            this.position = position;
        }

        @Override
        public Optional<EventRows> next(Duration wait) {
            pause();
            for (int block = 0; block < blocks.size(); block++) {
                if (blockEnds.get(block) >= position) {
                    int skipped = blocks.get(block).count() - (int) (blockEnds.get(block) - position + 1);
                    position = blockEnds.get(block) + 1;
                    return Optional.of(blocks.get(block).skip(Math.max(skipped, 0)));
                }
            }
            return Optional.empty();
        }

        @Override
        public void close() {
            openReaders--;
        }
    }
}
