package dev.freshet.aggregate;

import dev.freshet.metric.MetricResult;
import java.util.Map;

/** Takes the results that changed. */
@FunctionalInterface
public interface MetricSink {
    /**
     * Called on the aggregation thread; must return at once. All results of one call belong to one moment: they hold the
     * events up to {@code aggregatedPosition} and no later one.
     *
     * @param changed only results that differ from what was last given for their key
     */
    void publish(Map<LiveMetricKey, MetricResult> changed, long aggregatedPosition);
}
