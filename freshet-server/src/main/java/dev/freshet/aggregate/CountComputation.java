package dev.freshet.aggregate;

import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.Match;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import dev.freshet.metric.ResultQuality;
import java.util.List;

/** {@code count}. */
final class CountComputation implements Computation {
    private final MetricRequest request;
    private final LiveMemory memory;
    private final Match match;
    private final SlidingCounts counts;

    CountComputation(MetricRequest request, Match match, long nowMs, LiveMemory memory) {
        this.request = request;
        this.memory = memory;
        memory.reserve(Computation.seriesBytes(request));
        this.match = match;
        counts = new SlidingCounts(request.window(nowMs));
    }

    @Override
    public List<Match> parts() {
        return List.of(match);
    }

    @Override
    public void load(MetricReader reader, MetricScope scope) {
        reader.readCounts(scope, match, request.interval(), counts.firstBucket(), counts::add);
    }

    @Override
    public void add(int part, EventView event) {
        counts.add(request.interval().bucketOf(event.timestampMs()), 1);
    }

    @Override
    public void advance(long nowMs) {
        counts.slideTo(request.window(nowMs).firstBucket());
    }

    @Override
    public void discard() {
        memory.free(Computation.seriesBytes(request));
    }

    @Override
    public MetricResult result() {
        double[] values = new double[request.bucketCount()];
        for (int bucket = 0; bucket < values.length; bucket++) {
            values[bucket] = counts.count(counts.firstBucket() + bucket);
        }
        return new MetricResult.Series(counts.total(), counts.window(request.interval()), values, ResultQuality.EXACT);
    }
}
