package dev.freshet.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.aggregate.LiveMetrics;
import dev.freshet.aggregate.LiveMetricsOptions;
import dev.freshet.eventstore.InsertGate;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions as clients call them, over real live metrics, an event log in memory and an empty ClickHouse. */
class ProductFunctionsTest {
    private static final Duration LINGER = Duration.ofMinutes(1);
    private static final long LIMIT_SECONDS = 20;
    private static final Caller ANN = Caller.member("ann", "team-a", Set.of("viewer"));
    private static final Caller ANTON = Caller.member("anton", "team-a", Set.of("owner"));
    private static final Caller BEN = Caller.member("ben", "team-b", Set.of("owner"));
    private static final Map<String, Object> COUNT = Map.of("kind", "count", "match", Map.of());

    /** ClickHouse holds nothing, and nothing is ever inserted. */
    private static final InsertGate EMPTY_STORE = new InsertGate() {
        @Override
        public <T> T betweenInserts(LongFunction<T> work) {
            return work.apply(0);
        }
    };

    private static final DemandProvider NOTHING_ARRIVES = new DemandProvider() {
        @Override
        public void demanded(String key) {}

        @Override
        public void released(String key) {}
    };

    private final MemoryFeed feed = new MemoryFeed();
    private final AtomicLong aggregatedToMs = new AtomicLong(1_000);
    private final LiveMetricTable liveTable = new LiveMetricTable();
    private final FreshnessTable freshness = new FreshnessTable(aggregatedToMs::get, () -> 500);
    private final LiveMetrics live = new LiveMetrics(
            feed,
            new MetricReader(_ -> new RowBinaryReader(ByteBuffer.allocate(0))),
            EMPTY_STORE,
            InstantSource.system(),
            LiveMetricsOptions.defaults(),
            liveTable);
    private final ReactiveRuntime runtime;

    ProductFunctionsTest() {
        ReactiveRuntime.Builder builder = ReactiveRuntime.builder()
                .demandTable(LiveMetricTable.NAME, LINGER, liveTable)
                .demandTable(FreshnessTable.NAME, LINGER, freshness)
                .demandTable(ArrivalTables.EVENTS, LINGER, NOTHING_ARRIVES)
                .demandTable(ArrivalTables.LETTERS, LINGER, NOTHING_ARRIVES);
        ProductFunctions.modules().forEach(builder::module);
        runtime = builder.start();
        liveTable.connect(live, runtime.demandTable(LiveMetricTable.NAME));
        freshness.connect(runtime.demandTable(FreshnessTable.NAME));
        live.start();
    }

    @AfterEach
    void close() {
        live.close();
        runtime.close();
    }

    private static ConvexObject arguments(Object metric, double lastSeconds) {
        return PlainValues.convexFields(Map.of("metric", metric, "range", Map.of("lastSeconds", lastSeconds)));
    }

    private FunctionResult call(String path, ConvexObject arguments, Caller caller) {
        return runtime.calls().query(path, arguments, caller).join();
    }

    private static Optional<String> text(FunctionResult result, String field) {
        assertThat(result).isInstanceOf(FunctionResult.Failure.class);
        return ((FunctionResult.Failure) result)
                .data()
                .map(ConvexObject.class::cast)
                .flatMap(data -> data.find(field))
                .map(value -> ((ConvexString) value).value());
    }

    /** What a watcher was told, in order. */
    private BlockingQueue<FunctionResult> watch(String path, ConvexObject arguments, Caller caller) {
        BlockingQueue<FunctionResult> told = new LinkedBlockingQueue<>();
        runtime.watch(path, arguments, caller, told::add);
        return told;
    }

    private static double total(FunctionResult result) {
        ConvexValue value = ((FunctionResult.Success) result).value();
        return value instanceof ConvexObject answer
                ? ((ConvexFloat64) answer.find("total").orElseThrow()).value()
                : Double.NaN;
    }

    /** Takes what comes until the total is this; every total on the way is collected. */
    private static void awaitTotal(BlockingQueue<FunctionResult> told, double wanted, List<Double> seen)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (seen.isEmpty() || seen.getLast() != wanted) {
            FunctionResult next = told.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(next).as("the total %s; seen were %s", wanted, seen).isNotNull();
            seen.add(total(next));
        }
    }

    @Test
    void membersSeeTheNumbersOfTheirOwnTeamOnly() throws InterruptedException {
        for (int event = 0; event < 3; event++) {
            feed.append("team-a", "/a", "user-" + event);
        }
        for (int event = 0; event < 5; event++) {
            feed.append("team-b", "/b", "user-" + event);
        }
        ConvexObject question = arguments(COUNT, 3_600);
        BlockingQueue<FunctionResult> toldToAnn = watch("metrics:live", question, ANN);
        BlockingQueue<FunctionResult> toldToBen = watch("metrics:live", question, BEN);
        List<Double> annSaw = new ArrayList<>();
        List<Double> benSaw = new ArrayList<>();
        awaitTotal(toldToAnn, 3, annSaw);
        awaitTotal(toldToBen, 5, benSaw);

        for (int event = 0; event < 10; event++) {
            feed.append("team-b", "/b", "other-" + event);
        }
        awaitTotal(toldToBen, 15, benSaw);
        feed.append("team-a", "/a", "last");
        awaitTotal(toldToAnn, 4, annSaw);

        assertThat(annSaw).allMatch(total -> Double.isNaN(total) || total <= 4);
        assertThat(call("metrics:live", question, ANTON))
                .satisfies(result -> assertThat(total(result)).isEqualTo(4));
    }

    @Test
    void aTeamWithoutEventsGetsZeros() {
        assertThat(total(call("metrics:live", arguments(COUNT, 120), ANN))).isZero();
    }

    @Test
    void equalQuestionsOfOneTeamAreOneComputation() {
        call("metrics:live", arguments(Map.of("kind", "count", "match", Map.of("name", List.of("b", "a"))), 61), ANN);
        call(
                "metrics:live",
                arguments(Map.of("match", Map.of("name", List.of("a", "b", "a")), "kind", "count"), 120),
                ANTON);

        assertThat(live.counters().metricCount()).isEqualTo(1);
        call("metrics:live", arguments(COUNT, 120), ANTON);
        assertThat(live.counters().metricCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"metrics:live", "system:freshness", "users:me", "ingest:recent", "ingest:rejected"})
    void whoIsNoMemberIsRefused(String path) {
        ConvexObject arguments = switch (path) {
            case "metrics:live" -> arguments(COUNT, 60);
            case "ingest:recent" -> ConvexObject.of("limit", ConvexValue.of(1.0));
            case "ingest:rejected" ->
                ConvexObject.of(
                        "paginationOpts",
                        ConvexObject.of("numItems", ConvexValue.of(1.0), "cursor", ConvexValue.ofNull()));
            default -> ConvexObject.empty();
        };

        assertThat(text(call(path, arguments, Caller.anonymous()), "code")).contains("unauthenticated");
        // Signed in by another issuer: in no team, whatever else is said of them.
        assertThat(text(call(path, arguments, Caller.person("nobody", Set.of("owner"))), "code"))
                .contains("forbidden");
        assertThat(text(call(path, arguments, Caller.admin()), "code")).contains("forbidden");
        assertThat(call(path, arguments, ANN)).isInstanceOf(FunctionResult.Success.class);
    }

    private void assertRefused(ConvexObject arguments, String code, String field) {
        FunctionResult result = call("metrics:live", arguments, ANN);

        assertThat(text(result, "code")).contains(code);
        assertThat(text(result, "field")).contains(field);
        assertThat(text(result, "message").orElseThrow()).contains(field);
    }

    @Test
    void invalidMetricsAreRefusedByTheNameOfTheField() {
        assertRefused(arguments(Map.of("kind", "sum", "match", Map.of()), 60), "invalid_argument", "metric.kind");
        assertRefused(arguments(Map.of("kind", "count"), 60), "invalid_argument", "metric.match");
        assertRefused(
                arguments(Map.of("kind", "count", "match", Map.of("eventType", "click")), 60),
                "invalid_argument",
                "metric.match.eventType");
        assertRefused(
                arguments(Map.of("kind", "count", "match", Map.of("nome", "/a")), 60),
                "invalid_argument",
                "metric.match.nome");
        assertRefused(
                arguments(Map.of("kind", "breakdown", "match", Map.of(), "by", "name", "limit", 501.0), 60),
                "invalid_argument",
                "metric.limit");
        assertRefused(arguments(COUNT, 0), "invalid_argument", "range.lastSeconds");
        assertRefused(
                PlainValues.convexFields(
                        Map.of("metric", COUNT, "range", Map.of("lastSeconds", 60.0), "interval", "day")),
                "invalid_argument",
                "interval");
    }

    @Test
    void whatIsNotAnsweredLiveIsRefusedByTheNameOfTheField() {
        assertRefused(
                arguments(Map.of("kind", "activeSessions", "windowSeconds", 86_401.0), 60),
                "limit_exceeded",
                "metric.windowSeconds");
        assertRefused(
                arguments(Map.of("kind", "funnel", "steps", List.of(Map.of(), Map.of()), "windowSeconds", 60.0), 60),
                "invalid_argument",
                "metric.kind");
    }

    @Test
    void moreThan2200BucketsAreRefused() {
        assertRefused(arguments(COUNT, 2_200 * 60 + 1), "limit_exceeded", "range.lastSeconds");
        assertThat(total(call("metrics:live", arguments(COUNT, 2_200 * 60), ANN)))
                .isZero();
    }

    @Test
    void freshnessIsPushedWhenItsSecondComes() throws InterruptedException {
        BlockingQueue<FunctionResult> told = watch("system:freshness", ConvexObject.empty(), ANN);
        awaitAggregatedTo(told, 1_000);
        aggregatedToMs.set(2_000);
        freshness.tick();
        awaitAggregatedTo(told, 2_000);
    }

    private static void awaitAggregatedTo(BlockingQueue<FunctionResult> told, double wanted)
            throws InterruptedException {
        double seen = Double.NaN;
        while (seen != wanted) {
            FunctionResult next = told.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            if (((FunctionResult.Success) next).value() instanceof ConvexObject row) {
                seen = ((ConvexFloat64) row.find("aggregatedTo").orElseThrow()).value();
                assertThat(row.find("storedTo")).contains(ConvexValue.of(500.0));
            }
        }
    }
}
