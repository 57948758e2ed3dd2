package dev.freshet.eventstore;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Rows of the table {@code canary}. */
public final class CanaryRows {
    private static final String COLUMNS = "instance, sent_at, received_at, log_position";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private CanaryRows() {}

    /** The canaries of a batch, as one insert under its token. */
    static TableInsert insert(DayBatch batch) {
        RowBinaryWriter target = new RowBinaryWriter();
        for (EventRows block : batch.rows()) {
            EventCursor row = block.cursor();
            while (row.next()) {
                target.string(row.name())
                        .int64(row.timestampMs())
                        .int64(row.receivedAtMs())
                        .int64(row.logPosition());
            }
        }
        return new TableInsert("canary", COLUMNS, List.of(target.rows()), Optional.of(batch.token()));
    }

    /** When the last of this process' canaries that arrived was sent, in epoch milliseconds; 0 before the first. Blocks. */
    public static long lastSentAtMs(EventStore store, String instance) {
        return store.query(StoreQuery.of("""
                                SELECT toUnixTimestamp64Milli(max(sent_at)) FROM canary WHERE instance = {instance:String}
                                """).bindText("instance", instance).withTimeout(TIMEOUT))
                .int64();
    }
}
