package dev.freshet.eventstore;

/**
 * What a store holds of the events, by the table and by each rollup.
 *
 * @param users distinct users by the raw rows
 */
record StoredCounts(long events, long minutes, long hours, long days, long users, long minuteUsers, long hourUsers) {
    static StoredCounts of(EventStore store) {
        RowBinaryReader row = store.query(StoreQuery.of("""
                SELECT
                    (SELECT count() FROM events),
                    (SELECT sum(event_count) FROM events_1m),
                    (SELECT sum(event_count) FROM events_1h),
                    (SELECT sum(event_count) FROM events_1d),
                    (SELECT uniqExact(user_id) FROM events),
                    (SELECT uniqExactMerge(unique_users) FROM events_1m),
                    (SELECT uniqExactMerge(unique_users) FROM events_1h)
                """));
        return new StoredCounts(
                number(row), number(row), number(row), number(row), number(row), number(row), number(row));
    }

    /** A scalar subquery's number, which is nullable: a flag byte before the value. */
    private static long number(RowBinaryReader row) {
        return row.int8() == 1 ? 0 : row.int64();
    }

    /** The table and all rollups hold so many events, and agree on the users. */
    boolean areAll(long count) {
        return events == count
                && minutes == count
                && hours == count
                && days == count
                && users == minuteUsers
                && users == hourUsers;
    }
}
