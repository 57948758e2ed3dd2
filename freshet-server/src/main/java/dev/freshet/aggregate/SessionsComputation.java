package dev.freshet.aggregate;

import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricResult;
import dev.freshet.metric.ResultQuality;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code activeSessions}: sessions with floor(now to the second) − windowSeconds &lt; timestamp ≤ now.
 *
 * <p>Timestamps are rounded <em>up</em> to the second, so that the open lower end falls between two seconds: later than
 * second s is the same as rounded up past s. The last such second of each session is all that is kept.
 */
final class SessionsComputation implements Computation {
    private final Metric.ActiveSessions metric;
    private final int mostIds;
    private final LiveMemory memory;
    private final IdTable lastSeconds;
    private final BucketCounts lastSeen;
    private final TreeMap<Long, IdList> ahead = new TreeMap<>();
    private int aheadCount;
    private long nowMs;

    SessionsComputation(Metric.ActiveSessions metric, long nowMs, int mostIds, LiveMemory memory) {
        this.metric = metric;
        this.mostIds = mostIds;
        this.memory = memory;
        this.nowMs = nowMs;
        lastSeconds = new IdTable(mostIds, memory);
        lastSeen = new BucketCounts(firstSecond(), Math.toIntExact(metric.windowSeconds() + 1));
    }

    private long firstSecond() {
        return Math.floorDiv(nowMs, 1_000L) - metric.windowSeconds() + 1;
    }

    @Override
    public List<Match> parts() {
        return List.of(metric.match());
    }

    @Override
    public void load(MetricReader reader, MetricScope scope) {
        long afterMs = (firstSecond() - 1) * 1_000;
        reader.readSessions(
                scope,
                metric.match(),
                afterMs,
                nowMs,
                mostIds,
                (timestampMs, session) -> add(
                        timestampMs,
                        TextHash.high(session, 0, session.length),
                        TextHash.low(session, 0, session.length)));
    }

    @Override
    public void add(int part, EventView event) {
        if (event.hasSession()) {
            add(event.timestampMs(), event.sessionHigh(), event.sessionLow());
        }
    }

    private void add(long timestampMs, long high, long low) {
        if (timestampMs > nowMs) {
            wait(timestampMs, high, low);
            return;
        }
        long second = Math.ceilDiv(timestampMs, 1_000L);
        long firstSecond = lastSeen.firstBucket();
        long last = lastSeconds.find(high, low);
        if (second < firstSecond || last >= second) {
            return;
        }
        if (last >= firstSecond) {
            lastSeen.add(last, -1);
        }
        lastSeen.add(second, 1);
        lastSeconds.put(high, low, second, firstSecond);
    }

    private void wait(long timestampMs, long high, long low) {
        if (aheadCount >= mostIds) {
            throw new MetricException(
                    MetricErrorCode.LIMIT_EXCEEDED, "metric has more than " + mostIds + " events ahead of their time");
        }
        memory.reserve(IdList.BYTES);
        aheadCount++;
        ahead.computeIfAbsent(timestampMs, _ -> new IdList()).add(high, low);
    }

    @Override
    public void advance(long laterMs) {
        if (laterMs <= nowMs) {
            return;
        }
        nowMs = laterMs;
        lastSeen.slideTo(firstSecond());
        while (!ahead.isEmpty() && ahead.firstKey() <= nowMs) {
            Map.Entry<Long, IdList> arrived = ahead.pollFirstEntry();
            IdList sessions = arrived.getValue();
            aheadCount -= sessions.size();
            memory.free((long) sessions.size() * IdList.BYTES);
            for (int session = 0; session < sessions.size(); session++) {
                add(arrived.getKey(), sessions.high(session), sessions.low(session));
            }
        }
    }

    @Override
    public void discard() {
        lastSeconds.discard();
        memory.free((long) aheadCount * IdList.BYTES);
    }

    @Override
    public MetricResult result() {
        return new MetricResult.Sessions(lastSeen.total(), ResultQuality.EXACT);
    }
}
