package dev.freshet.dashboards;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.DemandTable;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One row that says up to when live values and ClickHouse are complete, published at most once a second and only while
 * somebody looks. {@link #tick} is called by the owner of the clock.
 */
public final class FreshnessTable implements DemandProvider {
    /** The demand table. */
    public static final String NAME = "freshness";

    static final String KEY = "server";

    private final LongSupplier aggregatedToMs;
    private final LongSupplier storedToMs;
    private volatile boolean isWatched;
    private volatile @Nullable DemandTable table;

    public FreshnessTable(LongSupplier aggregatedToMs, LongSupplier storedToMs) {
        this.aggregatedToMs = aggregatedToMs;
        this.storedToMs = storedToMs;
    }

    /** Once, before the first demand. */
    public void connect(DemandTable demandTable) {
        table = demandTable;
    }

    @Override
    public void demanded(String key) {
        isWatched = true;
        tick();
    }

    @Override
    public void released(String key) {
        isWatched = false;
    }

    /** Publishes the present state if somebody watches; once a second. */
    public void tick() {
        long aggregatedMs = aggregatedToMs.getAsLong();
        if (!isWatched || aggregatedMs == 0) {
            return;
        }
        ConvexObject row = ConvexObject.of(
                "aggregatedTo", ConvexValue.of((double) aggregatedMs),
                "storedTo", ConvexValue.of((double) storedToMs.getAsLong()));
        var _ = Objects.requireNonNull(table, "not connected").publish(Map.of(KEY, Optional.of(row)));
    }
}
