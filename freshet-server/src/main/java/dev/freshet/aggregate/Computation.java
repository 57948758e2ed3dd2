package dev.freshet.aggregate;

import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import java.util.List;

/**
 * One metric kept up event by event. Confined to one thread at a time: the one that starts it, then the aggregation
 * thread. Time only goes forward; an event may come in any order of timestamps.
 */
interface Computation {
    /**
     * What the metric matches, one filter a part: a ratio has two, the others one. {@link #add} is told which part an
     * event matched.
     */
    List<Match> parts();

    /** Takes over what ClickHouse holds within {@code scope}; once, before anything else. */
    void load(MetricReader reader, MetricScope scope);

    /**
     * Counts an event that matches a part.
     *
     * @throws dev.freshet.metric.MetricException LIMIT_EXCEEDED when the metric grows past its limits; it is of no use
     *     afterwards
     */
    void add(int part, EventView event);

    /** Slides the window to this time of the server's clock; an earlier time than before does nothing. */
    void advance(long nowMs);

    /** The answer at the time of the last {@link #advance}. */
    MetricResult result();

    /** Gives its memory back; it is of no use afterwards. Once. */
    void discard();

    /** What a metric with points takes: its counters, and its answer with the row and the text made of it. */
    static long seriesBytes(MetricRequest request) {
        return 300L * request.bucketCount();
    }

    /**
     * An empty computation whose window stands at {@code nowMs}.
     *
     * @throws dev.freshet.metric.MetricException LIMIT_EXCEEDED when there is no memory for it
     */
    static Computation of(MetricRequest request, long nowMs, LiveMetricsOptions options, LiveMemory memory) {
        LiveSupport.require(request);
        return switch (request.metric()) {
            case Metric.Count(Match match) -> new CountComputation(request, match, nowMs, memory);
            case Metric.Ratio(Match numerator, Match denominator) ->
                new RatioComputation(request, numerator, denominator, nowMs, memory);
            case Metric.UniqueUsers(Match match) ->
                new UsersComputation(request, match, nowMs, options.mostIds(), memory);
            case Metric.ActiveSessions sessions -> new SessionsComputation(sessions, nowMs, options.mostIds(), memory);
            case Metric.Breakdown breakdown -> new BreakdownComputation(request, breakdown, nowMs, options, memory);
            case Metric.Funnel _, Metric.Percentile _ ->
                throw new IllegalArgumentException(request.metric().kind() + " was let through by LiveSupport");
        };
    }
}
