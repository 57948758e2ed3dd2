package dev.freshet.dashboards;

import dev.freshet.auth.WriteKeys;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.DemandTable;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The write keys of the teams that somebody looks at, as rows of a demand table, each changed when its team's keys are. */
public final class WriteKeyTable implements DemandProvider {
    /** The demand table; its keys are teams. */
    public static final String NAME = "writeKeys";

    static final String ROWS = "rows";

    private final WriteKeys writeKeys;
    private volatile @Nullable DemandTable table;

    public WriteKeyTable(WriteKeys writeKeys) {
        this.writeKeys = writeKeys;
    }

    /** Once, before the first demand. */
    public void connect(DemandTable demandTable) {
        table = demandTable;
        writeKeys.whenChanged(this::publish);
    }

    @Override
    public void demanded(String key) {
        publish(key);
    }

    @Override
    public void released(String key) {
        // Holds nothing for whoever looks.
    }

    private void publish(String teamId) {
        ConvexValue rows = ConvexValue.of(
                writeKeys.list(teamId).stream().map(WriteKeyTable::row).toList());
        var _ = Objects.requireNonNull(table, "not connected")
                .publish(Map.of(teamId, Optional.of(ConvexObject.of(ROWS, rows))));
    }

    private static ConvexObject row(WriteKeys.Listed key) {
        double createdAtMs = key.createdAt().toEpochMilli();
        ConvexObject.Builder row = ConvexObject.builder()
                .put("_id", key.keyId())
                .put("_creationTime", createdAtMs)
                .put("name", key.name());
        key.quota()
                .ifPresent(quota -> row.put("eventsPerSecond", (double) quota.eventsPerSecond())
                        .put("burst", (double) quota.burst()));
        return row.build();
    }
}
