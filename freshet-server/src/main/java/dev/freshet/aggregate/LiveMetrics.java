package dev.freshet.aggregate;

import dev.freshet.eventstore.InsertGate;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.metric.MetricException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live answers to the metrics that somebody watches, each computed once for all who do. One thread,
 * {@code live-aggregation}, owns every computation; another reads the log for it; a small pool starts computations from
 * ClickHouse. The event path waits for none of them: when ClickHouse is away, running metrics go on and new ones wait.
 *
 * <p>Thread-safe. No method blocks, but for {@link #close}.
 */
public final class LiveMetrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveMetrics.class);
    private static final long SECOND_MS = 1_000;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final Mailbox mailbox = new Mailbox();
    private final LiveMetricsCounters counters = new LiveMetricsCounters();
    private final LiveMemory memory;
    private final LiveAggregation aggregation;
    private final ExecutorService starts;
    private final Thread owner;
    private final Thread follower;
    private volatile boolean isClosing;

    /**
     * @param feed the event log
     * @param reader reads from ClickHouse what the log no longer holds
     * @param gate tells which events ClickHouse holds
     * @param sink takes the answers, on the aggregation thread
     */
    public LiveMetrics(
            EventFeed feed,
            MetricReader reader,
            InsertGate gate,
            InstantSource clock,
            LiveMetricsOptions options,
            MetricSink sink) {
        this.clock = clock;
        memory = new LiveMemory(options.mostBytes());
        starts = Executors.newFixedThreadPool(
                options.startThreads(),
                Thread.ofPlatform().name("live-start-", 1).daemon().factory());
        MetricStarter starter = new MetricStarter(feed, gate, reader, clock, options, memory, starts, mailbox::send);
        aggregation = new LiveAggregation(starter, options, sink, counters, System.nanoTime());
        owner = Thread.ofPlatform().name("live-aggregation").daemon().unstarted(this::run);
        follower =
                Thread.ofPlatform().name("live-feed").daemon().unstarted(new FeedFollower(feed, gate, clock, mailbox));
    }

    /** Starts reading the log. Once. */
    public void start() {
        owner.start();
        follower.start();
    }

    /**
     * Says that somebody watches; the answer comes through the sink, now and whenever it changes. Repeating it changes
     * nothing.
     *
     * @throws MetricException where this metric is not answered live
     */
    public void demand(LiveMetricKey key) {
        LiveSupport.require(key.request());
        mailbox.send(new Message.Demand(key));
    }

    /** Says that nobody watches any more. The computation goes on for a while, so that who comes back finds it running. */
    public void release(LiveMetricKey key) {
        mailbox.send(new Message.Release(key));
    }

    /** The last event that is in the answers; −1 before the first is known. */
    public long aggregatedPosition() {
        return aggregation.position();
    }

    /** Every event acknowledged before this time is in the answers; 0 while that is not known. */
    public long aggregatedToMs() {
        return aggregation.aggregatedToMs();
    }

    /** What the running metrics remember, as it is reckoned against {@link LiveMetricsOptions#mostBytes}. */
    public long reservedBytes() {
        return memory.reservedBytes();
    }

    public LiveMetricsCounters counters() {
        return counters;
    }

    private void run() {
        while (!isClosing) {
            try {
                round();
            } catch (InterruptedException closing) {
                return;
            } catch (RuntimeException fault) {
                startAnew(fault);
            }
        }
    }

    private void round() throws InterruptedException {
        long untilTickNs = TimeUnit.MILLISECONDS.toNanos(SECOND_MS - Math.floorMod(clock.millis(), SECOND_MS));
        List<Message> messages = mailbox.take(Math.min(untilTickNs, aggregation.idleNs(System.nanoTime())));
        long nowNs = System.nanoTime();
        aggregation.advance(clock.millis(), nowNs);
        for (Message message : messages) {
            handle(message, nowNs);
        }
        aggregation.retry(nowNs);
        aggregation.publish(System.nanoTime());
    }

    private void handle(Message message, long nowNs) {
        try {
            aggregation.handle(message, nowNs);
        } catch (RuntimeException fault) {
            startAnew(fault);
        }
    }

    private void startAnew(RuntimeException fault) {
        LOG.error("Live metrics met a fault and start anew from ClickHouse", fault);
        aggregation.restartAll(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
    }

    /** Stops all threads. What was published stays with the sink. */
    @Override
    public void close() {
        isClosing = true;
        follower.interrupt();
        owner.interrupt();
        starts.shutdownNow();
        try {
            for (Thread thread : List.of(owner, follower)) {
                if (thread.isAlive()) {
                    thread.join(CLOSE_LIMIT);
                }
            }
            if (!starts.awaitTermination(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("A start of a live metric still waits for ClickHouse");
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
