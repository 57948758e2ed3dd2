package dev.freshet.eventstore;

import dev.freshet.metric.BreakdownKey;
import dev.freshet.metric.BreakdownRow;
import dev.freshet.metric.Interval;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import dev.freshet.metric.ResultQuality;
import dev.freshet.metric.TimeWindow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads metrics from ClickHouse: whole answers by a scan of the events, and what a live computation starts from. Safe
 * from many threads; every method blocks for as long as the engine works and fails with {@link EventStoreException}, or
 * with a {@link MetricException} where a limit is passed.
 */
public final class MetricReader {
    private final Function<StoreQuery, RowBinaryReader> store;

    public MetricReader(EventStore store) {
        this(store::query);
    }

    /** Reads through {@link EventStore#query} or something that stands before it. */
    public MetricReader(Function<StoreQuery, RowBinaryReader> query) {
        store = query;
    }

    /** Takes the events of a bucket, or of a bucket and a name. */
    @FunctionalInterface
    public interface CountConsumer {
        void accept(long bucket, long count);
    }

    /** Takes an id in UTF-8 with the bucket or the time it was seen in. */
    @FunctionalInterface
    public interface IdConsumer {
        void accept(long bucketOrTimeMs, byte[] id);
    }

    /** Takes the events of a bucket and a name in UTF-8. */
    @FunctionalInterface
    public interface CellConsumer {
        void accept(long bucket, byte[] name, long count);
    }

    /** Takes a user of a name, both in UTF-8. */
    @FunctionalInterface
    public interface KeyUserConsumer {
        void accept(long bucket, byte[] name, byte[] user, long count);
    }

    /**
     * The answer at a time by scanning the raw events. Of one moment only where the scope has a position, or nothing is
     * inserted meanwhile, since some answers take two statements.
     *
     * @throws MetricException for kinds and properties that this version does not scan for
     */
    public MetricResult scan(MetricScope scope, MetricRequest request, long nowMs) {
        TimeWindow window = request.window(nowMs);
        return switch (request.metric()) {
            case Metric.Count(Match match) -> {
                double[] values = doubles(points(scope, match, window)[0]);
                yield new MetricResult.Series(Arrays.stream(values).sum(), window, values, ResultQuality.EXACT);
            }
            case Metric.UniqueUsers(Match match) -> {
                RowBinaryReader totals = store.apply(MetricSql.totals(scope, match, window));
                totals.int64();
                double[] values = doubles(points(scope, match, window)[1]);
                yield new MetricResult.Series(totals.int64(), window, values, ResultQuality.EXACT);
            }
            case Metric.Ratio(Match numerator, Match denominator) ->
                ratio(points(scope, numerator, window)[0], points(scope, denominator, window)[0], window);
            case Metric.ActiveSessions(long windowSeconds, Match match) -> {
                long afterMs = (Math.floorDiv(nowMs, 1_000L) - windowSeconds) * 1_000;
                RowBinaryReader row = store.apply(MetricSql.sessionCount(scope, match, afterMs, nowMs));
                yield new MetricResult.Sessions(row.int64(), ResultQuality.EXACT);
            }
            case Metric.Breakdown(Match match, BreakdownKey.Name _, int limit) ->
                breakdown(scope, match, window, limit);
            case Metric.Breakdown(Match _, BreakdownKey.Property _, int _), Metric.Funnel _, Metric.Percentile _ ->
                throw new MetricException(
                        MetricErrorCode.INVALID_ARGUMENT,
                        "metric.kind " + request.metric().kind() + " is not answered by this version in this form",
                        "metric.kind");
        };
    }

    /** Counts and users of each bucket of the window. */
    private long[][] points(MetricScope scope, Match match, TimeWindow window) {
        long[][] points = new long[2][window.bucketCount()];
        RowBinaryReader rows = store.apply(MetricSql.points(scope, match, window));
        while (rows.hasNext()) {
            int bucket = Math.toIntExact(rows.int64() - window.firstBucket());
            points[0][bucket] = rows.int64();
            points[1][bucket] = rows.int64();
        }
        return points;
    }

    private static double[] doubles(long[] values) {
        return Arrays.stream(values).asDoubleStream().toArray();
    }

    private static MetricResult ratio(long[] numerators, long[] denominators, TimeWindow window) {
        double[] values = new double[numerators.length];
        for (int bucket = 0; bucket < values.length; bucket++) {
            values[bucket] = MetricResult.ratio(numerators[bucket], denominators[bucket]);
        }
        double total = MetricResult.ratio(
                Arrays.stream(numerators).sum(), Arrays.stream(denominators).sum());
        return new MetricResult.Series(total, window, values, ResultQuality.EXACT);
    }

    private MetricResult breakdown(MetricScope scope, Match match, TimeWindow window, int limit) {
        long others = store.apply(MetricSql.totals(scope, match, window)).int64();
        List<BreakdownRow> rows = new ArrayList<>();
        RowBinaryReader reader = store.apply(MetricSql.rows(scope, match, window, limit));
        while (reader.hasNext()) {
            BreakdownRow row = new BreakdownRow(reader.string(), reader.int64(), reader.int64());
            rows.add(row);
            others -= row.count();
        }
        return new MetricResult.BreakdownRows(rows, others, ResultQuality.EXACT);
    }

    /** The events of each bucket from {@code firstBucket} on, those ahead of the present too. */
    public void readCounts(
            MetricScope scope, Match match, Interval interval, long firstBucket, CountConsumer consumer) {
        RowBinaryReader rows = store.apply(MetricSql.countsFrom(scope, match, interval, firstBucket));
        while (rows.hasNext()) {
            consumer.accept(rows.int64(), rows.int64());
        }
    }

    /**
     * The distinct users of each bucket from {@code firstBucket} on, those ahead of the present too.
     *
     * @throws MetricException LIMIT_EXCEEDED when there are more than {@code most} pairs
     */
    public void readBucketUsers(
            MetricScope scope, Match match, Interval interval, long firstBucket, int most, IdConsumer consumer) {
        RowBinaryReader rows = store.apply(MetricSql.bucketUsersFrom(scope, match, interval, firstBucket, most));
        for (int count = 1; rows.hasNext(); count++) {
            requireUpTo(most, count, "users in its buckets");
            consumer.accept(rows.int64(), utf8(rows));
        }
    }

    /**
     * Of each session its last time up to {@code untilMs} if later than {@code afterMs}, and every time past
     * {@code untilMs}.
     *
     * @throws MetricException LIMIT_EXCEEDED when there are more than {@code most}
     */
    public void readSessions(
            MetricScope scope, Match match, long afterMs, long untilMs, int most, IdConsumer consumer) {
        RowBinaryReader rows = store.apply(MetricSql.sessionsAfter(scope, match, afterMs, untilMs, most));
        for (int count = 1; rows.hasNext(); count++) {
            requireUpTo(most, count, "sessions");
            consumer.accept(rows.int64(), utf8(rows));
        }
    }

    /**
     * The events of each bucket of the window and name.
     *
     * @throws MetricException LIMIT_EXCEEDED when there are more than {@code most} pairs
     */
    public void readCells(MetricScope scope, Match match, TimeWindow window, int most, CellConsumer consumer) {
        RowBinaryReader rows = store.apply(MetricSql.cells(scope, match, window, most));
        for (int count = 1; rows.hasNext(); count++) {
            requireUpTo(most, count, "keys in its buckets");
            consumer.accept(rows.int64(), utf8(rows), rows.int64());
        }
    }

    /**
     * Of each name and user the last bucket within the window, and every bucket past the window with its events.
     *
     * @throws MetricException LIMIT_EXCEEDED when there are more than {@code most}
     */
    public void readKeyUsers(MetricScope scope, Match match, TimeWindow window, int most, KeyUserConsumer consumer) {
        RowBinaryReader rows = store.apply(MetricSql.keyUsersFrom(scope, match, window, most));
        for (int count = 1; rows.hasNext(); count++) {
            requireUpTo(most, count, "users of its keys");
            consumer.accept(rows.int64(), utf8(rows), utf8(rows), rows.int64());
        }
    }

    private static byte[] utf8(RowBinaryReader rows) {
        return rows.string().getBytes(StandardCharsets.UTF_8);
    }

    private static void requireUpTo(int most, int count, String what) {
        if (count > most) {
            throw new MetricException(
                    MetricErrorCode.LIMIT_EXCEEDED,
                    "metric has more than " + most + " " + what + "; narrow its match or its range");
        }
    }
}
