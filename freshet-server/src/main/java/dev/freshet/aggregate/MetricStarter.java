package dev.freshet.aggregate;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.eventstore.InsertGate;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.Interval;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Starts computations on a pool, away from the aggregation thread: loads what ClickHouse holds up to a position P, then
 * reads the log from P + 1 on until it is level with the aggregation, then hands over computation and reader. The reader
 * of the log is opened while the gate is held, so that nothing after P can have been trimmed before it stands there.
 */
final class MetricStarter {
    private static final Duration READ_WAIT = Duration.ofSeconds(1);

    private final EventFeed feed;
    private final InsertGate gate;
    private final MetricReader reader;
    private final InstantSource clock;
    private final LiveMetricsOptions options;
    private final LiveMemory memory;
    private final Executor executor;
    private final Consumer<Message> replies;

    MetricStarter(
            EventFeed feed,
            InsertGate gate,
            MetricReader reader,
            InstantSource clock,
            LiveMetricsOptions options,
            LiveMemory memory,
            Executor executor,
            Consumer<Message> replies) {
        this.feed = feed;
        this.gate = gate;
        this.reader = reader;
        this.clock = clock;
        this.options = options;
        this.memory = memory;
        this.executor = executor;
        this.replies = replies;
    }

    /**
     * Begins an attempt; its end is one reply, {@link Message.HandOver} or {@link Message.StartFailed}.
     *
     * @param aggregatedPosition how far the aggregation is, read again as it moves on
     */
    void start(StartTicket ticket, LongSupplier aggregatedPosition) {
        executor.execute(() -> attempt(ticket, () -> {
            Loaded loaded = load(ticket.key());
            return catchUp(ticket, loaded, aggregatedPosition);
        }));
    }

    /** Goes on with an attempt that fell behind while its hand-over waited. */
    void resume(Message.HandOver behind, LongSupplier aggregatedPosition) {
        Loaded loaded = new Loaded(behind.computation(), behind.position(), behind.reader());
        executor.execute(() -> attempt(behind.ticket(), () -> catchUp(behind.ticket(), loaded, aggregatedPosition)));
    }

    private interface Attempt {
        Message run() throws InterruptedException;
    }

    private void attempt(StartTicket ticket, Attempt attempt) {
        Message reply;
        try {
            reply = attempt.run();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            reply = new Message.StartFailed(ticket, new IllegalStateException("interrupted", closing));
        } catch (RuntimeException failure) {
            reply = new Message.StartFailed(ticket, failure);
        }
        replies.accept(reply);
    }

    private record Loaded(Computation computation, long position, EventFeed.Reader reader) {}

    private Loaded load(LiveMetricKey key) {
        Computation computation = Computation.of(key.request(), clock.millis(), options, memory);
        boolean fromRollups = isInRollups(key.request());
        try {
            Loaded loaded = gate.betweenInserts(position -> {
                if (fromRollups) {
                    computation.load(reader, MetricScope.rollups(key.teamId()));
                }
                return new Loaded(computation, position, feed.readFrom(position + 1));
            });
            if (!fromRollups) {
                loadEvents(key, loaded);
            }
            return loaded;
        } catch (RuntimeException failure) {
            computation.discard();
            throw failure;
        }
    }

    private void loadEvents(LiveMetricKey key, Loaded loaded) {
        try {
            loaded.computation().load(reader, MetricScope.eventsUpTo(key.teamId(), loaded.position()));
        } catch (RuntimeException failure) {
            closeAfter(failure, loaded.reader());
            throw failure;
        }
    }

    private static boolean isInRollups(MetricRequest request) {
        boolean isCount = request.metric() instanceof Metric.Count || request.metric() instanceof Metric.Ratio;
        return isCount
                && request.interval() != Interval.SECOND
                && request.metric().propertyPaths().isEmpty();
    }

    private static void closeAfter(Exception failure, EventFeed.Reader reader) {
        try {
            reader.close();
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
    }

    private Message catchUp(StartTicket ticket, Loaded loaded, LongSupplier aggregatedPosition)
            throws InterruptedException {
        CatchUp catchUp = new CatchUp(ticket.key(), loaded.computation(), loaded.position());
        EventFeed.Reader events = loaded.reader();
        try {
            while (catchUp.position() < aggregatedPosition.getAsLong()) {
                EventRows rows = events.next(READ_WAIT)
                        .orElseThrow(() -> new IllegalStateException(
                                "the log gave nothing after " + catchUp.position() + ", which is not its end"));
                catchUp.apply(rows, Long.MAX_VALUE);
            }
        } catch (InterruptedException | RuntimeException failure) {
            loaded.computation().discard();
            closeAfter(failure, events);
            throw failure;
        }
        return new Message.HandOver(ticket, loaded.computation(), catchUp.position(), events);
    }

    /** Gives the events of a log to one computation. Confined to one thread. */
    static final class CatchUp {
        private final byte[] team;
        private final Computation computation;
        private final List<MatchFilter> filters = new ArrayList<>();
        private final EventView view = new EventView();
        private long position;

        CatchUp(LiveMetricKey key, Computation computation, long position) {
            team = key.teamId().getBytes(StandardCharsets.UTF_8);
            this.computation = computation;
            this.position = position;
            for (Match part : computation.parts()) {
                filters.add(new MatchFilter(part));
            }
        }

        /** Applies the rows after the position it stands at, up to and with {@code lastPosition}. */
        void apply(EventRows rows, long lastPosition) {
            EventCursor cursor = rows.cursor();
            while (cursor.next()) {
                long at = cursor.logPosition();
                if (at > lastPosition) {
                    return;
                }
                if (at > position) {
                    applyRow(cursor);
                    position = at;
                }
            }
        }

        private void applyRow(EventCursor cursor) {
            boolean isOurs = Arrays.equals(
                    cursor.bytes(), cursor.teamStart(), cursor.teamStart() + cursor.teamLength(), team, 0, team.length);
            if (!isOurs || !cursor.isEvent()) {
                return;
            }
            view.show(cursor);
            for (int part = 0; part < filters.size(); part++) {
                if (filters.get(part).accepts(view, cursor.eventTypeCode())) {
                    computation.add(part, view);
                }
            }
        }

        long position() {
            return position;
        }
    }
}
