package dev.freshet.aggregate;

import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.Match;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricRequest;
import dev.freshet.metric.MetricResult;
import dev.freshet.metric.ResultQuality;
import dev.freshet.metric.TimeWindow;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code uniqueUsers}. A point is the number of distinct pairs of its bucket and a user. The total needs, for each user,
 * only the last bucket the user was seen in: when a bucket leaves the window, so do those whose last it was.
 */
final class UsersComputation implements Computation {
    private final MetricRequest request;
    private final Match match;
    private final int mostIds;
    private final LiveMemory memory;
    private final IdTable pairs;
    private final IdTable lastBuckets;
    private final BucketCounts points;
    private final BucketCounts lastSeen;
    private final TreeMap<Long, IdList> ahead = new TreeMap<>();
    private int aheadCount;

    UsersComputation(MetricRequest request, Match match, long nowMs, int mostIds, LiveMemory memory) {
        this.request = request;
        this.match = match;
        this.mostIds = mostIds;
        this.memory = memory;
        memory.reserve(Computation.seriesBytes(request));
        TimeWindow window = request.window(nowMs);
        pairs = new IdTable(mostIds, memory);
        lastBuckets = new IdTable(mostIds, memory);
        points = new BucketCounts(window.firstBucket(), window.bucketCount());
        lastSeen = new BucketCounts(window.firstBucket(), window.bucketCount());
    }

    @Override
    public List<Match> parts() {
        return List.of(match);
    }

    @Override
    public void load(MetricReader reader, MetricScope scope) {
        reader.readBucketUsers(
                scope,
                match,
                request.interval(),
                points.firstBucket(),
                mostIds,
                (bucket, user) -> add(bucket, TextHash.high(user, 0, user.length), TextHash.low(user, 0, user.length)));
    }

    @Override
    public void add(int part, EventView event) {
        add(request.interval().bucketOf(event.timestampMs()), event.userHigh(), event.userLow());
    }

    private void add(long bucket, long high, long low) {
        if (bucket >= points.endBucket()) {
            wait(bucket, high, low);
        } else if (bucket >= points.firstBucket()) {
            addInside(bucket, high, low);
        }
    }

    private void wait(long bucket, long high, long low) {
        if (aheadCount >= mostIds) {
            throw new MetricException(
                    MetricErrorCode.LIMIT_EXCEEDED, "metric has more than " + mostIds + " events ahead of their time");
        }
        memory.reserve(IdList.BYTES);
        aheadCount++;
        ahead.computeIfAbsent(bucket, _ -> new IdList()).add(high, low);
    }

    private void addInside(long bucket, long high, long low) {
        long firstBucket = points.firstBucket();
        long pairHigh = high ^ TextHash.mixHigh(bucket);
        long pairLow = low ^ TextHash.mixLow(bucket);
        if (pairs.find(pairHigh, pairLow) == IdTable.ABSENT) {
            pairs.put(pairHigh, pairLow, bucket, firstBucket);
            points.add(bucket, 1);
        }
        long last = lastBuckets.find(high, low);
        if (last < bucket) {
            if (last >= firstBucket) {
                lastSeen.add(last, -1);
            }
            lastSeen.add(bucket, 1);
            lastBuckets.put(high, low, bucket, firstBucket);
        }
    }

    @Override
    public void advance(long nowMs) {
        long firstBucket = request.window(nowMs).firstBucket();
        if (firstBucket <= points.firstBucket()) {
            return;
        }
        points.slideTo(firstBucket);
        lastSeen.slideTo(firstBucket);
        while (!ahead.isEmpty() && ahead.firstKey() < points.endBucket()) {
            Map.Entry<Long, IdList> arrived = ahead.pollFirstEntry();
            IdList users = arrived.getValue();
            aheadCount -= users.size();
            memory.free((long) users.size() * IdList.BYTES);
            for (int user = 0; user < users.size(); user++) {
                add(arrived.getKey(), users.high(user), users.low(user));
            }
        }
    }

    @Override
    public void discard() {
        pairs.discard();
        lastBuckets.discard();
        memory.free((long) aheadCount * IdList.BYTES + Computation.seriesBytes(request));
    }

    @Override
    public MetricResult result() {
        double[] values = new double[request.bucketCount()];
        for (int bucket = 0; bucket < values.length; bucket++) {
            values[bucket] = points.count(points.firstBucket() + bucket);
        }
        TimeWindow window = new TimeWindow(request.interval(), points.firstBucket(), values.length);
        return new MetricResult.Series(lastSeen.total(), window, values, ResultQuality.EXACT);
    }
}
