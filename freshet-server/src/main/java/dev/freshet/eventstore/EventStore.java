package dev.freshet.eventstore;

import dev.freshet.event.EventRows;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One ClickHouse, embedded in this process or a server by URL. Safe from many threads; every call blocks its caller for
 * as long as the engine works and fails with {@link EventStoreException}.
 */
public interface EventStore extends AutoCloseable {
    /**
     * Runs a query and gives its whole result. Meant for answers of up to some tens of megabytes.
     *
     * @return the rows in RowBinary, in the order of the query's columns
     */
    RowBinaryReader query(StoreQuery query);

    /** Runs one statement that gives no rows, such as a migration. */
    void execute(StoreQuery statement);

    /** Inserts rows into one table, as one insert; see {@link TableInsert} for what a repeat does. */
    void insert(TableInsert insert);

    /**
     * Inserts rows into {@code events} as one insert per call, all of one UTC day. Repeating a call with the same token and the same
     * rows changes nothing, in the table and in every rollup.
     *
     * @param rows blocks whose rows lie in this order; sent without being decoded
     * @param token the deduplication token, unique to this set of rows
     */
    default void insertEvents(List<EventRows> rows, String token) {
        insert(new TableInsert(
                "events",
                EventRows.COLUMNS,
                rows.stream().map(EventRows::buffer).toList(),
                Optional.of(token)));
    }

    /**
     * Makes everything that was inserted before this call survive a loss of power. Returns when it is so; a server by
     * URL answers for its own disk, so that this does nothing there.
     */
    void sync();

    /** Whether the engine answers; false rather than an exception when it does not within {@code timeout}. */
    boolean isReachable(Duration timeout);

    @Override
    void close();
}
