package dev.freshet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.event.EventType;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventstore.InsertGate;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.metric.BreakdownKey;
import dev.freshet.metric.Interval;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The threads, on a real event log; what they compute is tested by {@link LiveAggregationTest}. */
@Timeout(30)
class LiveMetricsTest {
    private static final LiveMetricKey COUNT = key(new Metric.Count(Match.ALL));
    private static final LiveMetricKey SESSIONS = key(new Metric.ActiveSessions(60, Match.ALL));

    @TempDir
    private Path folder;

    private EventLog log;
    private LiveMetrics live;
    private final List<TestEvent> events = new CopyOnWriteArrayList<>();
    private final ModelStore store = new ModelStore(() -> events.subList(0, 0));
    private final LinkedBlockingQueue<Map<LiveMetricKey, MetricResult>> published = new LinkedBlockingQueue<>();
    private final NothingInserted gate = new NothingInserted();

    private static final class NothingInserted implements InsertGate {
        @Override
        public <T> T betweenInserts(LongFunction<T> work) {
            return work.apply(0);
        }
    }

    private static LiveMetricKey key(Metric metric) {
        return new LiveMetricKey("team", new MetricRequest(metric, Interval.HOUR, 2));
    }

    @BeforeEach
    void open() {
        log = EventLog.open(EventLogOptions.in(folder));
        live = new LiveMetrics(
                EventFeed.of(log),
                new MetricReader(store),
                gate,
                InstantSource.system(),
                LiveMetricsOptions.defaults().withRetry(Duration.ofMillis(5), Duration.ofMillis(20)),
                (changed, _) -> published.add(changed));
    }

    @AfterEach
    void close() {
        live.close();
        log.close();
    }

    private void append(int count) {
        for (int event = 0; event < count; event++) {
            long nowMs = System.currentTimeMillis();
            int number = events.size();
            TestEvent made =
                    new TestEvent(number + 1, nowMs, EventType.PAGE_VIEW, "team", "/", "u" + number, "s" + number);
            events.add(made);
            log.writer().append(TestEvent.rows(List.of(made), nowMs), nowMs);
        }
        log.writer().sync();
    }

    private double awaitTotal(LiveMetricKey key, double wanted) throws InterruptedException {
        double last = -1;
        while (last != wanted) {
            Map<LiveMetricKey, MetricResult> changed = published.poll(10, TimeUnit.SECONDS);
            if (changed == null) {
                return last;
            }
            MetricResult result = changed.get(key);
            if (result instanceof MetricResult.Series series) {
                last = series.total();
            } else if (result instanceof MetricResult.Sessions sessions) {
                last = sessions.total();
            }
        }
        return last;
    }

    @Test
    void answersFollowTheLog() throws InterruptedException {
        append(3);
        live.start();
        live.demand(COUNT);
        assertThat(awaitTotal(COUNT, 3)).isEqualTo(3);

        append(5);
        assertThat(awaitTotal(COUNT, 8)).isEqualTo(8);
        live.demand(SESSIONS);
        assertThat(awaitTotal(SESSIONS, 8)).isEqualTo(8);
        assertThat(live.aggregatedPosition()).isEqualTo(8);
    }

    @Test
    void freshnessMovesOnWithoutEvents() throws InterruptedException {
        long beforeMs = System.currentTimeMillis();
        live.start();
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (live.aggregatedToMs() < beforeMs && System.nanoTime() < deadlineNs) {
            Thread.onSpinWait();
        }

        assertThat(live.aggregatedToMs()).isGreaterThanOrEqualTo(beforeMs);
    }

    @Test
    void demandWaitsForTheStoreToComeBack() throws InterruptedException {
        store.isAway = true;
        append(2);
        live.start();
        live.demand(COUNT);
        while (live.counters().failedStartCount() < 3) {
            Thread.onSpinWait();
        }
        append(2);
        store.isAway = false;

        assertThat(awaitTotal(COUNT, 4)).isEqualTo(4);
    }

    @Test
    void faultOfTheSinkIsSurvived() throws InterruptedException {
        LinkedBlockingQueue<MetricResult> seen = new LinkedBlockingQueue<>();
        boolean[] hasFailed = {false};
        try (LiveMetrics fragile = new LiveMetrics(
                EventFeed.of(log),
                new MetricReader(store),
                gate,
                InstantSource.system(),
                LiveMetricsOptions.defaults(),
                (changed, _) -> {
                    if (!hasFailed[0]) {
                        hasFailed[0] = true;
                        throw new IllegalStateException("test");
                    }
                    seen.addAll(changed.values());
                })) {
            fragile.start();
            fragile.demand(COUNT);

            assertThat(seen.poll(10, TimeUnit.SECONDS)).isInstanceOf(MetricResult.Series.class);
        }
    }

    @Test
    void refusesWhatItCannotAnswer() {
        Metric.Funnel funnel = new Metric.Funnel(List.of(Match.ALL, Match.ALL), 60);
        Match ofPlan = MetricRequest.parseMatch("match", Map.of("properties", Map.of("plan", "pro")));

        MetricException refusal = catchThrowableOfType(MetricException.class, () -> live.demand(key(funnel)));
        assertThat(refusal.code()).isEqualTo(MetricErrorCode.INVALID_ARGUMENT);
        assertThat(refusal.field()).contains("metric.kind");
        assertThatThrownBy(() -> live.demand(key(new Metric.Count(ofPlan))))
                .isInstanceOf(MetricException.class)
                .hasMessageContaining("properties.plan");
        assertThatThrownBy(
                        () -> live.demand(key(new Metric.Breakdown(Match.ALL, new BreakdownKey.Property("plan"), 5))))
                .isInstanceOf(MetricException.class);
        assertThatThrownBy(() -> live.demand(key(new Metric.ActiveSessions(86_401, Match.ALL))))
                .isInstanceOfSatisfying(
                        MetricException.class,
                        limit -> assertThat(limit.code()).isEqualTo(MetricErrorCode.LIMIT_EXCEEDED));
    }

    @Test
    void textOfAKeyReadsBack() {
        for (LiveMetricKey key : List.of(COUNT, SESSIONS, key(new Metric.Count(Match.ofNames("\n\"ä\\"))))) {
            assertThat(LiveMetricKey.ofText(key.text())).isEqualTo(key);
        }
        assertThatThrownBy(() -> LiveMetricKey.ofText("team")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LiveMetricKey.ofText("team\n{")).isInstanceOf(IllegalArgumentException.class);
    }
}
