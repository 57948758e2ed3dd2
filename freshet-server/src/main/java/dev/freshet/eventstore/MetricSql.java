package dev.freshet.eventstore;

import dev.freshet.event.EventType;
import dev.freshet.metric.Interval;
import dev.freshet.metric.Match;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.TimeWindow;
import java.util.Optional;

/**
 * The statements that answer metrics. Every value is a bound parameter. Times are compared as instants, so that no
 * server's time zone matters; a bucket is a time divided by the length of the interval, as in {@link Interval#bucketOf}.
 */
final class MetricSql {
    private static final String FROM = "timestamp >= fromUnixTimestamp64Milli({from:Int64})";
    private static final String TO = "timestamp < fromUnixTimestamp64Milli({to:Int64})";
    private static final String BUCKET = "intDiv(toUnixTimestamp64Milli(timestamp), {interval:Int64})";

    private MetricSql() {}

    /** bucket Int64, count UInt64: all buckets from one on. */
    static StoreQuery countsFrom(MetricScope scope, Match match, Interval interval, long firstBucket) {
        long fromMs = firstBucket * interval.lengthMs();
        Optional<Rollup> rollup = scope.source() == MetricScope.Source.ROLLUPS ? Rollup.of(interval) : Optional.empty();
        if (rollup.isPresent()) {
            String time = rollup.get().column();
            String sql = "SELECT intDiv(toInt64(toUnixTimestamp(" + time + ")) * 1000, {interval:Int64}) AS bucket,"
                    + " toUInt64(sum(event_count)) FROM " + rollup.get().table() + " WHERE "
                    + conditions(scope, match)
                    + " AND " + time + " >= toDateTime(intDiv({from:Int64}, 1000)) GROUP BY bucket";
            return bind(sql, scope, match).bind("interval", interval.lengthMs()).bind("from", fromMs);
        }
        String sql = "SELECT " + BUCKET + " AS bucket, count() FROM events WHERE " + conditions(scope, match) + " AND "
                + FROM + " GROUP BY bucket";
        return bind(sql, scope, match).bind("interval", interval.lengthMs()).bind("from", fromMs);
    }

    private record Rollup(String table, String column) {
        static Optional<Rollup> of(Interval interval) {
            return switch (interval) {
                case SECOND -> Optional.empty();
                case MINUTE -> Optional.of(new Rollup("events_1m", "minute"));
                case HOUR -> Optional.of(new Rollup("events_1h", "hour"));
            };
        }
    }

    /** bucket Int64, count UInt64, users UInt64: the buckets of a window that hold anything. */
    static StoreQuery points(MetricScope scope, Match match, TimeWindow window) {
        return inWindow(
                        "SELECT " + BUCKET + " AS bucket, count(), uniqExact(user_id)",
                        scope,
                        match,
                        window,
                        "GROUP BY bucket")
                .bind("interval", window.interval().lengthMs());
    }

    /** count UInt64, users UInt64: one row. */
    static StoreQuery totals(MetricScope scope, Match match, TimeWindow window) {
        return inWindow("SELECT count(), uniqExact(user_id)", scope, match, window, "");
    }

    /** name String, count UInt64, users UInt64: the most frequent, in the order of a breakdown's rows. */
    static StoreQuery rows(MetricScope scope, Match match, TimeWindow window, int limit) {
        return inWindow(
                        "SELECT name, count() AS events, uniqExact(user_id)",
                        scope,
                        match,
                        window,
                        "GROUP BY name ORDER BY events DESC, name LIMIT {limit:UInt64}")
                .bind("limit", limit);
    }

    /** count UInt64: distinct sessions with afterMs &lt; timestamp ≤ untilMs. */
    static StoreQuery sessionCount(MetricScope scope, Match match, long afterMs, long untilMs) {
        String sql = "SELECT uniqExact(session_id) FROM events WHERE " + conditions(scope, match)
                + " AND session_id != '' AND " + FROM + " AND " + TO;
        return bind(sql, scope, match).bind("from", afterMs + 1).bind("to", untilMs + 1);
    }

    /** bucket Int64, user_id String: distinct pairs from a bucket on. */
    static StoreQuery bucketUsersFrom(MetricScope scope, Match match, Interval interval, long firstBucket, int most) {
        String sql = "SELECT " + BUCKET + " AS bucket, user_id FROM events WHERE " + conditions(scope, match) + " AND "
                + FROM + " GROUP BY bucket, user_id LIMIT {most:UInt64}";
        return bind(sql, scope, match)
                .bind("interval", interval.lengthMs())
                .bind("from", firstBucket * interval.lengthMs())
                .bind("most", most + 1L);
    }

    /** timestamp Int64 in ms, session_id String: the last up to untilMs of each, and each one after it. */
    static StoreQuery sessionsAfter(MetricScope scope, Match match, long afterMs, long untilMs, int most) {
        String sql = "SELECT max(toUnixTimestamp64Milli(timestamp)), session_id FROM events WHERE "
                + conditions(scope, match) + " AND session_id != '' AND " + FROM
                + " GROUP BY session_id, greatest(toUnixTimestamp64Milli(timestamp), {until:Int64})"
                + " LIMIT {most:UInt64}";
        return bind(sql, scope, match)
                .bind("from", afterMs + 1)
                .bind("until", untilMs)
                .bind("most", most + 1L);
    }

    /** bucket Int64, name String, count UInt64: the window's cells. */
    static StoreQuery cells(MetricScope scope, Match match, TimeWindow window, int most) {
        return inWindow(
                        "SELECT " + BUCKET + " AS bucket, name, count()",
                        scope,
                        match,
                        window,
                        "GROUP BY bucket, name LIMIT {most:UInt64}")
                .bind("interval", window.interval().lengthMs())
                .bind("most", most + 1L);
    }

    /**
     * bucket Int64, name String, user_id String, count UInt64: the last bucket in the window of each name and user, and
     * each bucket past the window.
     */
    static StoreQuery keyUsersFrom(MetricScope scope, Match match, TimeWindow window, int most) {
        String sql = "SELECT max(" + BUCKET + "), name, user_id, count() FROM events WHERE " + conditions(scope, match)
                + " AND " + FROM + " GROUP BY name, user_id, greatest(" + BUCKET + ", {last:Int64})"
                + " LIMIT {most:UInt64}";
        return bind(sql, scope, match)
                .bind("interval", window.interval().lengthMs())
                .bind("from", window.fromMs())
                .bind("last", window.endBucket() - 1)
                .bind("most", most + 1L);
    }

    private static StoreQuery inWindow(
            String select, MetricScope scope, Match match, TimeWindow window, String groupAndOrder) {
        String sql = select + " FROM events WHERE " + conditions(scope, match) + " AND " + FROM + " AND " + TO + " "
                + groupAndOrder;
        return bind(sql, scope, match).bind("from", window.fromMs()).bind("to", window.toMs());
    }

    private static String conditions(MetricScope scope, Match match) {
        if (!match.properties().isEmpty()) {
            throw new MetricException(
                    MetricErrorCode.INVALID_ARGUMENT,
                    "match.properties is not answered by this version",
                    "match.properties");
        }
        StringBuilder conditions = new StringBuilder("team_id = {team:String}");
        match.eventType().ifPresent(_ -> conditions.append(" AND event_type = {type:String}"));
        match.names()
                .ifPresent(
                        names -> conditions.append(names.isEmpty() ? " AND 0" : " AND name IN {names:Array(String)}"));
        if (scope.upToPosition().isPresent()) {
            conditions.append(" AND log_position <= {position:UInt64}");
        }
        return conditions.toString();
    }

    private static StoreQuery bind(String sql, MetricScope scope, Match match) {
        StoreQuery query = StoreQuery.of(sql).bind("team", MetricParameter.string(scope.teamId()));
        Optional<EventType> type = match.eventType();
        if (type.isPresent()) {
            query = query.bind("type", type.get().wireName());
        }
        if (match.names().isPresent() && !match.isNone()) {
            query = query.bind("names", MetricParameter.strings(match.names().get()));
        }
        if (scope.upToPosition().isPresent()) {
            query = query.bind("position", scope.upToPosition().getAsLong());
        }
        return query;
    }
}
