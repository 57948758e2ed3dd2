package dev.freshet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.EventType;
import dev.freshet.metric.BreakdownKey;
import dev.freshet.metric.BreakdownRow;
import dev.freshet.metric.Interval;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One behaviour at a time, moved by hand; see {@link LiveMetricsFuzzTest} for all of them at once. */
class LiveAggregationTest {
    private static final String TEAM = "team-a";
    private static final LiveMetricKey MINUTES = key(new Metric.Count(Match.ALL), Interval.MINUTE, 3);
    private static final LiveMetricKey SECONDS = key(new Metric.Count(Match.ALL), Interval.SECOND, 5);
    private static final LiveMetricKey SESSIONS = key(new Metric.ActiveSessions(5, Match.ALL), Interval.SECOND, 1);
    private static final LiveMetricKey NAMES =
            key(new Metric.Breakdown(Match.ALL, new BreakdownKey.Name(), 1), Interval.SECOND, 5);

    private final LiveWorld world = new LiveWorld(LiveMetricsOptions.defaults());

    private static LiveMetricKey key(Metric metric, Interval interval, int buckets) {
        return new LiveMetricKey(TEAM, new MetricRequest(metric, interval, buckets));
    }

    private TestEvent at(long timestampMs) {
        return at(timestampMs, "/a", "session");
    }

    private TestEvent at(long timestampMs, String name, String session) {
        return world.event(timestampMs, EventType.PAGE_VIEW, TEAM, name, "user", session);
    }

    private double total(LiveMetricKey key) {
        return switch (world.published.get(key)) {
            case MetricResult.Series series -> series.total();
            case MetricResult.Sessions(long total, var _) -> total;
            case MetricResult.BreakdownRows(List<BreakdownRow> rows, long other, var _) ->
                rows.stream().mapToLong(BreakdownRow::count).sum() + other;
            case MetricResult.Failed failed -> throw new AssertionError(failed.message());
            case null -> throw new AssertionError("nothing was published for " + key.text());
        };
    }

    private void begin(LiveMetricKey... keys) {
        world.feed();
        for (LiveMetricKey key : keys) {
            world.demand(key);
        }
        world.settle();
        world.publish();
    }

    /** Lets events arrive, be inserted and be aggregated in one place of a start after the other. */
    @Test
    void startHasNeitherGapNorOverlapWhereverEventsArrive() {
        List<LiveMetricKey> keys = List.of(MINUTES, SECONDS, SESSIONS, NAMES);
        int places = 0;
        for (int place = 1; place == 1 || place <= places + 1; place++) {
            for (int what = 1; what < 8; what++) {
                places = Math.max(places, startWithArrivalAt(keys, place, what));
            }
        }
        assertThat(places).isGreaterThan(15);
    }

    private static int startWithArrivalAt(List<LiveMetricKey> keys, int place, int what) {
        LiveWorld world = new LiveWorld(LiveMetricsOptions.defaults());
        world.append(scene(world, "before"), scene(world, "before"));
        world.insert();
        world.append(scene(world, "not inserted"));
        world.feed();
        world.deliver();
        int[] passed = {0};
        world.meanwhile = () -> {
            if (++passed[0] == place) {
                if ((what & 1) != 0) {
                    world.append(scene(world, "meanwhile"), scene(world, "meanwhile"));
                }
                if ((what & 2) != 0) {
                    world.deliverAll();
                }
                if ((what & 4) != 0) {
                    world.insert();
                }
            }
        };
        keys.forEach(world::demand);
        world.settle();
        world.append(scene(world, "after"));
        world.deliverAll();
        world.publish();
        for (LiveMetricKey key : keys) {
            assertThat(world.published.get(key))
                    .as("arrival %s at place %s of %s", what, place, key.text())
                    .isEqualTo(DirectAnswer.of(world.events, key, world.nowMs));
        }
        assertThat(world.openReaders).isZero();
        return passed[0];
    }

    private static TestEvent scene(LiveWorld world, String name) {
        int number = world.events.size();
        return world.event(world.nowMs - number, EventType.PAGE_VIEW, TEAM, name, "user-" + number, "s-" + number);
    }

    @Test
    void handOverThatFellFarBehindGoesBackToThePool() {
        begin();
        world.demand(SECONDS);
        world.runStart();
        for (int block = 0; block < 3; block++) {
            TestEvent[] many = new TestEvent[10_000];
            for (int event = 0; event < many.length; event++) {
                many[event] = at(world.nowMs);
            }
            world.append(many);
        }
        world.deliverAll();

        world.receive();

        assertThat(world.pool).hasSize(1);
        world.settle();
        world.publish();
        assertThat(total(SECONDS)).isEqualTo(30_000);
    }

    @Test
    void firstAnswerIsThereWithoutAnyEvent() {
        begin(MINUTES, SESSIONS, NAMES);

        assertThat(total(MINUTES)).isZero();
        assertThat(total(SESSIONS)).isZero();
        assertThat(total(NAMES)).isZero();
        assertThat(world.publications).hasSize(1);
    }

    @Test
    void oneComputationServesAllWhoWatch() {
        begin(MINUTES);
        world.demand(MINUTES);
        world.demand(MINUTES);
        world.publish();

        assertThat(world.counters.startCount()).isOne();
        assertThat(world.publications).hasSize(1);
    }

    @Test
    void unchangedAnswersAreNotPublished() {
        begin(MINUTES, SESSIONS);
        world.append(world.event(world.nowMs, EventType.PAGE_VIEW, "team-b", "/a", "user", "session"));
        world.append(at(world.nowMs - 86_400_000));
        world.deliverAll();
        world.publish();
        world.pass(Duration.ofSeconds(1));
        world.publish();

        assertThat(world.publications).hasSize(1);
    }

    @Test
    void oneRoundPublishesAllThatChangedTogether() {
        begin(MINUTES, SECONDS, SESSIONS);
        world.append(at(world.nowMs));
        world.deliverAll();
        world.publish();

        assertThat(world.publications).hasSize(2);
        assertThat(world.publications.getLast()).containsOnlyKeys(MINUTES, SECONDS, SESSIONS);
    }

    @Test
    void changesUnderLoadWaitForTheNextPublication() {
        begin(MINUTES);
        world.append(at(world.nowMs));
        world.append(at(world.nowMs));
        world.deliver();
        world.publish();
        world.deliver();

        assertThat(world.aggregation.idleNs(world.nowNs))
                .isEqualTo(Duration.ofMillis(50).toNanos());
        world.aggregation.publish(world.nowNs + 1);
        assertThat(total(MINUTES)).isEqualTo(1);
        world.publish();
        assertThat(total(MINUTES)).isEqualTo(2);
    }

    @Test
    void tickSlidesTheWindowAndPublishes() {
        world.nowMs = LiveWorld.START_MS / 1_000 * 1_000;
        begin(SECONDS);
        world.append(at(world.nowMs));
        world.deliverAll();
        world.publish();
        world.pass(Duration.ofMillis(4_999));
        world.publish();
        assertThat(total(SECONDS)).isEqualTo(1);

        world.pass(Duration.ofMillis(1));
        world.publish();

        assertThat(total(SECONDS)).isZero();
    }

    @Test
    void sessionCountsAfterTheOpenEndAndUpToThePresent() {
        world.nowMs = LiveWorld.START_MS / 1_000 * 1_000;
        begin(SESSIONS);
        world.append(at(world.nowMs - 5_000, "/a", "on the open end"), at(world.nowMs - 4_999, "/a", "just after it"));
        world.append(at(world.nowMs, "/a", "now"), at(world.nowMs + 1, "/a", "ahead"), at(world.nowMs, "/a", ""));
        world.deliverAll();
        world.publish();
        assertThat(total(SESSIONS)).isEqualTo(2);

        world.pass(Duration.ofSeconds(1));
        world.publish();

        assertThat(total(SESSIONS)).isEqualTo(2); // "just after it" left, "ahead" came
    }

    @Test
    void lateEventLandsInItsOwnBucket() {
        begin(MINUTES);
        world.append(at(world.nowMs - 120_000));
        world.deliverAll();
        world.publish();

        assertThat(world.published.get(MINUTES)).isInstanceOfSatisfying(MetricResult.Series.class, series -> {
            assertThat(series.value(0)).isEqualTo(1);
            assertThat(series.value(2)).isZero();
        });
    }

    @Test
    void eventAheadCountsOnceItsBucketIsInTheWindow() {
        begin(SECONDS, NAMES);
        world.append(at(world.nowMs + 3_000));
        world.deliverAll();
        world.publish();
        assertThat(total(SECONDS)).isZero();

        world.pass(Duration.ofSeconds(3));
        world.publish();

        assertThat(total(SECONDS)).isEqualTo(1);
        assertThat(total(NAMES)).isEqualTo(1);
    }

    @Test
    void releasedMetricLingersAndAnswersAtOnceWhenWatchedAgain() {
        begin(MINUTES);
        world.release(MINUTES);
        world.append(at(world.nowMs));
        world.deliverAll();
        world.publish();
        assertThat(world.published).isEmpty();

        world.pass(LiveMetricsOptions.defaults().linger().minusSeconds(1));
        world.publish();
        world.demand(MINUTES);
        world.publish();

        assertThat(world.published).containsOnlyKeys(MINUTES);
        assertThat(world.counters.startCount()).isOne();
    }

    @Test
    void abandonedMetricIsDroppedAndStartsAnew() {
        begin(MINUTES);
        world.release(MINUTES);
        world.pass(LiveMetricsOptions.defaults().linger());
        world.publish();
        assertThat(world.counters.metricCount()).isZero();

        world.demand(MINUTES);
        world.settle();
        world.publish();

        assertThat(world.counters.startCount()).isEqualTo(2);
        assertThat(world.published).containsOnlyKeys(MINUTES);
    }

    @Test
    void metricReleasedAndDroppedDuringItsStartLeavesNothingBehind() {
        world.feed();
        world.demand(MINUTES);
        world.runStart();
        world.release(MINUTES);
        world.pass(LiveMetricsOptions.defaults().linger());
        world.publish();
        world.settle();

        assertThat(world.openReaders).isZero();
        assertThat(world.counters.metricCount()).isZero();
    }

    @Test
    void failedStartIsTriedAgainAndLosesNoEvent() {
        world.model.isAway = true;
        begin(MINUTES, SECONDS);
        world.append(at(world.nowMs));
        world.deliverAll();
        world.publish();
        assertThat(world.published).isEmpty();
        assertThat(world.openReaders).isZero();

        world.insert();
        world.append(at(world.nowMs));
        world.deliverAll();
        world.model.isAway = false;
        for (int round = 0; round < 10; round++) {
            world.publish();
            world.settle();
        }
        world.publish();

        assertThat(total(MINUTES)).isEqualTo(2);
        assertThat(total(SECONDS)).isEqualTo(2);
        assertThat(world.counters.failedStartCount()).isPositive();
    }

    @Test
    void retriesAreSpacedOut() {
        world.model.isAway = true;
        begin(MINUTES);
        for (int round = 0; round < 200; round++) { // ten seconds
            world.publish();
            world.settle();
        }

        assertThat(world.counters.startCount()).isBetween(4L, 8L);
    }

    @Test
    void runningMetricsGoOnWhileTheStoreIsAway() {
        begin(MINUTES);
        world.model.isAway = true;
        world.append(at(world.nowMs));
        world.deliverAll();
        world.publish();

        assertThat(total(MINUTES)).isEqualTo(1);
    }

    @Test
    void lostFeedStartsEverythingAnew() {
        begin(MINUTES);
        world.append(at(world.nowMs), at(world.nowMs));
        world.insert();
        world.feed(); // without the two, as if the log had been trimmed
        world.settle();
        world.publish();

        assertThat(total(MINUTES)).isEqualTo(2);
    }

    @Test
    void metricPastItsLimitsIsRefusedAndOthersGoOn() {
        LiveWorld small = new LiveWorld(LiveMetricsOptions.defaults().withLimits(10, 30, 30));
        LiveMetricKey users = key(new Metric.UniqueUsers(Match.ALL), Interval.SECOND, 5);
        small.feed();
        List.of(users, NAMES, SESSIONS, MINUTES).forEach(small::demand);
        small.settle();
        List<TestEvent> many = new ArrayList<>();
        for (int event = 0; event < 100; event++) {
            many.add(small.event(small.nowMs, EventType.PAGE_VIEW, TEAM, "n" + event, "u" + event, "s" + event));
        }
        small.append(many.toArray(TestEvent[]::new));
        small.deliverAll();
        small.publish();

        for (LiveMetricKey key : List.of(users, NAMES, SESSIONS)) {
            assertThat(small.published.get(key))
                    .isInstanceOfSatisfying(
                            MetricResult.Failed.class,
                            failed -> assertThat(failed.code()).isEqualTo(MetricErrorCode.LIMIT_EXCEEDED));
        }
        assertThat(small.published.get(MINUTES)).isEqualTo(DirectAnswer.of(small.events, MINUTES, small.nowMs));
        small.pass(LiveMetricsOptions.defaults().refusedFor());
        small.publish();
        small.settle();
        small.publish();
        assertThat(small.published.get(users)).isEqualTo(DirectAnswer.of(small.events, users, small.nowMs));
    }

    @Test
    void metricsTogetherStayWithinTheirMemory() {
        LiveWorld small = new LiveWorld(LiveMetricsOptions.defaults().withMostBytes(10_000));
        LiveMetricKey users = key(new Metric.UniqueUsers(Match.ALL), Interval.SECOND, 5);
        small.feed();
        List.of(users, SESSIONS, MINUTES).forEach(small::demand);
        small.settle();
        for (int event = 0; event < 100; event++) {
            small.append(
                    small.event(small.nowMs, EventType.PAGE_VIEW, TEAM, "/", "u" + event, event % 2 == 0 ? "s" : ""));
        }
        small.deliverAll();
        small.publish();

        assertThat(small.published.get(users)).isInstanceOf(MetricResult.Failed.class);
        assertThat(small.published.get(SESSIONS)).isEqualTo(DirectAnswer.of(small.events, SESSIONS, small.nowMs));
        assertThat(small.memory.reservedBytes()).isLessThan(10_000);
    }

    @Test
    void keysThatLeftTheWindowGiveTheirMemoryBack() {
        begin(NAMES);
        List<Long> reserved = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int event = 0; event < 2_000; event++) {
                world.append(at(world.nowMs, "/%d/%04d".formatted(round, event), "session"));
            }
            world.deliverAll();
            world.publish();
            world.pass(Duration.ofSeconds(10));
            world.publish();
            reserved.add(world.memory.reservedBytes());
        }

        assertThat(reserved.getLast()).isEqualTo(reserved.getFirst());
    }

    @Test
    void wideMetricsAreReckonedByTheirPoints() {
        LiveWorld small = new LiveWorld(LiveMetricsOptions.defaults().withMostBytes(1_000_000));
        LiveMetricKey wide = key(new Metric.Count(Match.ALL), Interval.SECOND, 2_200);
        LiveMetricKey another = key(new Metric.Count(Match.of(EventType.PAGE_VIEW)), Interval.SECOND, 2_200);
        small.feed();
        List.of(wide, another).forEach(small::demand);
        small.settle();
        small.publish();

        assertThat(small.published.get(wide)).isInstanceOf(MetricResult.Series.class);
        assertThat(small.published.get(another)).isInstanceOf(MetricResult.Failed.class);
    }

    @Test
    void oneMetricTooManyIsRefused() {
        LiveWorld small = new LiveWorld(LiveMetricsOptions.defaults().withLimits(1, 30, 30));
        small.feed();
        small.demand(MINUTES);
        small.demand(SECONDS);

        assertThat(small.published.get(SECONDS)).isInstanceOf(MetricResult.Failed.class);
    }
}
