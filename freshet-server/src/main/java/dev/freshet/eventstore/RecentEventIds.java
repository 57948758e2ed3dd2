package dev.freshet.eventstore;

import java.time.Duration;
import java.time.Instant;

/**
 * Reads the ids of the events that were received lately, from which the duplicate filter starts. In pages of log
 * positions, in their order, so that neither side holds more than a page; what is inserted meanwhile may be missing.
 */
public final class RecentEventIds {
    private static final long PAGE_POSITIONS = 200_000;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final EventStore store;
    private final long pagePositions;

    public RecentEventIds(EventStore store) {
        this(store, PAGE_POSITIONS);
    }

    RecentEventIds(EventStore store, long pagePositions) {
        this.store = store;
        this.pagePositions = pagePositions;
    }

    /** Takes one id: the two words of the UUID, high first. */
    @FunctionalInterface
    public interface IdConsumer {
        void accept(String teamId, long idHigh, long idLow, long receivedAtMs);
    }

    /** Gives every event received at {@code since} or later. */
    public void forEachSince(Instant since, IdConsumer consumer) {
        RowBinaryReader range = store.query(
                StoreQuery.of("""
                                SELECT min(log_position), max(log_position), count() FROM events
                                WHERE received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                                """).bind("since", since.toEpochMilli()).withTimeout(TIMEOUT));
        long first = range.int64();
        long last = range.int64();
        if (range.int64() == 0) {
            return;
        }
        for (long page = first; page <= last; page += pagePositions) {
            readPage(since, page, consumer);
        }
    }

    private void readPage(Instant since, long firstPosition, IdConsumer consumer) {
        RowBinaryReader rows = store.query(StoreQuery.of("""
                                SELECT team_id, event_id, toUnixTimestamp64Milli(received_at) FROM events
                                WHERE log_position >= {first:UInt64} AND log_position < {end:UInt64}
                                    AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                                """)
                .bind("first", firstPosition)
                .bind("end", firstPosition + pagePositions)
                .bind("since", since.toEpochMilli())
                .withTimeout(TIMEOUT));
        while (rows.hasNext()) {
            consumer.accept(rows.string(), rows.int64(), rows.int64(), rows.int64());
        }
    }
}
