package dev.freshet.dashboards;

import dev.freshet.aggregate.LiveMetricKey;
import dev.freshet.aggregate.LiveMetrics;
import dev.freshet.aggregate.MetricSink;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricResult;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.DemandTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Joins the two halves of live metrics: what dashboards watch becomes demand on the aggregation, and what the aggregation
 * gives becomes rows of the demand table {@value #NAME}, all of one round in one commit.
 *
 * <p>Each half needs the other to be made, so this object is made first and connected before either starts.
 */
public final class LiveMetricTable implements DemandProvider, MetricSink {
    /** The demand table; its keys are {@link LiveMetricKey#text}. */
    public static final String NAME = "liveMetrics";

    static final String VALUE = "value";
    static final String FAILURE = "failure";

    private volatile @Nullable LiveMetrics metrics;
    private volatile @Nullable DemandTable table;

    /** Once, before the first demand and the first result. */
    public void connect(LiveMetrics liveMetrics, DemandTable demandTable) {
        metrics = liveMetrics;
        table = demandTable;
    }

    @Override
    public void demanded(String key) {
        LiveMetricKey metricKey = LiveMetricKey.ofText(key);
        try {
            metrics().demand(metricKey);
        } catch (MetricException refusal) {
            publish(metricKey, new MetricResult.Failed(refusal.code(), String.valueOf(refusal.getMessage())));
        }
    }

    @Override
    public void released(String key) {
        metrics().release(LiveMetricKey.ofText(key));
    }

    @Override
    public void publish(Map<LiveMetricKey, MetricResult> changed, long aggregatedPosition) {
        Map<String, Optional<ConvexObject>> rows = new HashMap<>();
        changed.forEach((key, result) -> rows.put(key.text(), Optional.of(row(result))));
        var _ = Objects.requireNonNull(table, "not connected").publish(rows);
    }

    private void publish(LiveMetricKey key, MetricResult result) {
        publish(Map.of(key, result), metrics().aggregatedPosition());
    }

    private LiveMetrics metrics() {
        return Objects.requireNonNull(metrics, "not connected");
    }

    private static ConvexObject row(MetricResult result) {
        ConvexValue value = PlainValues.convexFields(result.toPlain());
        return ConvexObject.of(result instanceof MetricResult.Failed ? FAILURE : VALUE, value);
    }
}
