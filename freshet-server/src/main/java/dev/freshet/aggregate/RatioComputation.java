package dev.freshet.aggregate;

import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.Match;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import dev.freshet.metric.ResultQuality;
import java.util.List;

/** {@code ratio}: two counts. */
final class RatioComputation implements Computation {
    private static final int NUMERATOR = 0;

    private final MetricRequest request;
    private final LiveMemory memory;
    private final Match numeratorMatch;
    private final Match denominatorMatch;
    private final SlidingCounts numerator;
    private final SlidingCounts denominator;

    RatioComputation(
            MetricRequest request, Match numeratorMatch, Match denominatorMatch, long nowMs, LiveMemory memory) {
        this.request = request;
        this.memory = memory;
        memory.reserve(Computation.seriesBytes(request));
        this.numeratorMatch = numeratorMatch;
        this.denominatorMatch = denominatorMatch;
        numerator = new SlidingCounts(request.window(nowMs));
        denominator = new SlidingCounts(request.window(nowMs));
    }

    @Override
    public List<Match> parts() {
        return List.of(numeratorMatch, denominatorMatch);
    }

    @Override
    public void load(MetricReader reader, MetricScope scope) {
        long firstBucket = numerator.firstBucket();
        reader.readCounts(scope, numeratorMatch, request.interval(), firstBucket, numerator::add);
        reader.readCounts(scope, denominatorMatch, request.interval(), firstBucket, denominator::add);
    }

    @Override
    public void add(int part, EventView event) {
        SlidingCounts counts = part == NUMERATOR ? numerator : denominator;
        counts.add(request.interval().bucketOf(event.timestampMs()), 1);
    }

    @Override
    public void advance(long nowMs) {
        long firstBucket = request.window(nowMs).firstBucket();
        numerator.slideTo(firstBucket);
        denominator.slideTo(firstBucket);
    }

    @Override
    public void discard() {
        memory.free(Computation.seriesBytes(request));
    }

    @Override
    public MetricResult result() {
        long firstBucket = numerator.firstBucket();
        double[] values = new double[request.bucketCount()];
        for (int bucket = 0; bucket < values.length; bucket++) {
            values[bucket] =
                    MetricResult.ratio(numerator.count(firstBucket + bucket), denominator.count(firstBucket + bucket));
        }
        double total = MetricResult.ratio(numerator.total(), denominator.total());
        return new MetricResult.Series(total, numerator.window(request.interval()), values, ResultQuality.EXACT);
    }
}
