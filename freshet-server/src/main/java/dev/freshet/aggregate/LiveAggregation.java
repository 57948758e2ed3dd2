package dev.freshet.aggregate;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All running metrics and what happens to them. Confined to the aggregation thread, but for the positions and counters,
 * which any thread may read. It never waits: what takes time is done by {@link MetricStarter}, whose reply comes back as a
 * message.
 */
final class LiveAggregation {
    private static final Logger LOG = LoggerFactory.getLogger(LiveAggregation.class);

    /** A hand-over that is further behind goes back to the pool instead of holding up everybody. */
    private static final long MOST_CAUGHT_UP_HERE = 20_000;

    private static final long UNKNOWN = -1;

    private final MetricStarter starter;
    private final LiveMetricsOptions options;
    private final MetricSink sink;
    private final LiveMetricsCounters counters;
    private final Map<LiveMetricKey, LiveMetric> metrics = new HashMap<>();
    private final TextMap<TeamMetrics> teams = new TextMap<>();
    private final EventView view = new EventView();
    private boolean isStoreAway;
    private boolean isDirty;
    private boolean hasFirstAnswer;
    private long publishedAtNs;
    private long nowMs;
    private volatile long position = UNKNOWN;
    private volatile long aggregatedToMs;

    LiveAggregation(
            MetricStarter starter,
            LiveMetricsOptions options,
            MetricSink sink,
            LiveMetricsCounters counters,
            long nowNs) {
        this.starter = starter;
        this.options = options;
        this.sink = sink;
        this.counters = counters;
        publishedAtNs = nowNs - options.coalesce().toNanos();
    }

    long position() {
        return position;
    }

    long aggregatedToMs() {
        return aggregatedToMs;
    }

    /** Handles one message. Windows must stand at the present: {@link #advance} first. */
    void handle(Message message, long nowNs) {
        switch (message) {
            case Message.Rows(EventRows rows, long lastPosition) -> apply(rows, lastPosition, nowNs);
            case Message.CaughtUp(long atMs) -> aggregatedToMs = Math.max(aggregatedToMs, atMs);
            case Message.FeedStarts(long from) -> feedStarts(from, nowNs);
            case Message.Demand(LiveMetricKey key) -> demand(key, nowNs);
            case Message.Release(LiveMetricKey key) -> {
                LiveMetric metric = metrics.get(key);
                if (metric != null) {
                    metric.release(nowNs);
                }
            }
            case Message.HandOver handOver -> handOver(handOver, nowNs);
            case Message.StartFailed(StartTicket ticket, RuntimeException failure) ->
                startFailed(ticket, failure, nowNs);
        }
    }

    private void demand(LiveMetricKey key, long nowNs) {
        LiveMetric metric = metrics.get(key);
        if (metric == null) {
            if (metrics.size() >= options.mostMetrics()) {
                MetricResult refusal = new MetricResult.Failed(
                        MetricErrorCode.LIMIT_EXCEEDED,
                        "More than " + options.mostMetrics() + " distinct metrics are watched; try again later");
                give(Map.of(key, refusal));
                return;
            }
            metric = new LiveMetric(key);
            metric.stopped(nowNs);
            metrics.put(key, metric);
            counters.metrics(metrics.size());
        }
        metric.watch();
        noteDirty(metric);
        startIfWanted(metric, nowNs);
    }

    private void noteDirty(LiveMetric metric) {
        if (metric.isDirty()) {
            isDirty = true;
            hasFirstAnswer |= !metric.wasPublished();
        }
    }

    private void startIfWanted(LiveMetric metric, long nowNs) {
        if (position != UNKNOWN && metric.wantsStart(nowNs)) {
            counters.started();
            starter.start(metric.starting(), this::position);
        }
    }

    /** The log goes on from somewhere else: nothing that was computed can be carried on. */
    private void feedStarts(long from, long nowNs) {
        position = from;
        restartAll(nowNs);
        retry(nowNs);
    }

    /** Drops every computation and starts all anew at a time; what was published stays until there is something better. */
    void restartAll(long atNs) {
        for (LiveMetric metric : metrics.values()) {
            removeFromTeam(metric);
            metric.stopped(atNs);
        }
    }

    private void apply(EventRows rows, long lastPosition, long nowNs) {
        try {
            EventCursor cursor = rows.cursor();
            long receivedAtMs = aggregatedToMs;
            if (metrics.isEmpty() && cursor.next()) {
                // Nobody watches. A block was appended as one, so that all its rows have one time of receipt.
                aggregatedToMs = Math.max(aggregatedToMs, cursor.receivedAtMs());
                return;
            }
            while (cursor.next()) {
                receivedAtMs = cursor.receivedAtMs();
                if (cursor.logPosition() > position) {
                    applyRow(cursor, nowNs);
                }
            }
            aggregatedToMs = Math.max(aggregatedToMs, receivedAtMs);
        } finally {
            // Also after a fault: what then starts anew must not stop short of the rows that follow.
            position = Math.max(position, lastPosition);
            counters.events(rows.count());
        }
    }

    private void applyRow(EventCursor cursor, long nowNs) {
        if (!cursor.isEvent()) {
            return;
        }
        long hash = TextHash.high(cursor.bytes(), cursor.teamStart(), cursor.teamLength());
        TeamMetrics team = teams.find(cursor.bytes(), cursor.teamStart(), cursor.teamLength(), hash);
        if (team != null) {
            view.show(cursor);
            applyTo(team.touchedBy(view), cursor.logPosition(), nowNs);
        }
    }

    private void applyTo(TeamMetrics.Part[] parts, long eventPosition, long nowNs) {
        for (TeamMetrics.Part part : parts) {
            LiveMetric metric = part.metric();
            Computation computation = metric.computation();
            if (computation == null || eventPosition <= metric.heldPosition()) {
                continue;
            }
            try {
                computation.add(part.number(), view);
                metric.touched();
                isDirty = true;
            } catch (MetricException limit) {
                refuse(metric, limit, nowNs);
            }
        }
    }

    private void refuse(LiveMetric metric, MetricException limit, long nowNs) {
        LOG.warn("A live metric is refused [team={}, reason={}]", metric.key.teamId(), limit.getMessage());
        counters.refused();
        removeFromTeam(metric);
        metric.refused(
                new MetricResult.Failed(limit.code(), String.valueOf(limit.getMessage())),
                nowNs + options.refusedFor().toNanos());
        noteDirty(metric);
    }

    private void handOver(Message.HandOver given, long nowNs) {
        LiveMetric metric = metrics.get(given.ticket().key());
        if (metric == null || !metric.awaits(given.ticket())) {
            given.computation().discard();
            close(given.reader());
            return;
        }
        if (position - given.position() > MOST_CAUGHT_UP_HERE) {
            starter.resume(given, this::position);
            return;
        }
        try {
            long held = catchUpHere(given);
            given.computation().advance(nowMs);
            join(metric, given.computation(), held);
        } catch (RuntimeException failure) {
            given.computation().discard();
            startFailed(given.ticket(), failure, nowNs);
        } finally {
            close(given.reader());
        }
    }

    /** Reads what the aggregation took since the computation was sent off: the log holds it, so nothing waits. */
    private long catchUpHere(Message.HandOver given) {
        MetricStarter.CatchUp catchUp =
                new MetricStarter.CatchUp(given.ticket().key(), given.computation(), given.position());
        while (catchUp.position() < position) {
            long before = catchUp.position();
            Optional<EventRows> rows;
            try {
                rows = given.reader().next(Duration.ZERO);
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a metric was handed over", closing);
            }
            catchUp.apply(
                    rows.orElseThrow(() -> new IllegalStateException("the log gave nothing after " + before)),
                    position);
        }
        return catchUp.position();
    }

    private void join(LiveMetric metric, Computation computation, long held) {
        byte[] teamId = metric.key.teamId().getBytes(StandardCharsets.UTF_8);
        TeamMetrics team = teams.find(teamId, 0, teamId.length, TextHash.high(teamId, 0, teamId.length));
        if (team == null) {
            team = new TeamMetrics();
            teams.add(teamId, team);
        }
        metric.running(computation, held);
        team.add(metric, computation.parts());
        noteDirty(metric);
        if (isStoreAway) {
            isStoreAway = false;
            LOG.info("Live metrics start again");
        }
    }

    private void removeFromTeam(LiveMetric metric) {
        byte[] teamId = metric.key.teamId().getBytes(StandardCharsets.UTF_8);
        TeamMetrics team = teams.find(teamId, 0, teamId.length, TextHash.high(teamId, 0, teamId.length));
        if (team != null) {
            team.remove(metric);
            if (team.isEmpty()) {
                teams.keepOnly(kept -> !kept.isEmpty());
            }
        }
    }

    private void startFailed(StartTicket ticket, RuntimeException failure, long nowNs) {
        LiveMetric metric = metrics.get(ticket.key());
        if (metric == null || !metric.awaits(ticket)) {
            return;
        }
        if (failure instanceof MetricException limit) {
            refuse(metric, limit, nowNs);
            return;
        }
        counters.startFailed();
        long doublings = Math.min(metric.failed() - 1, 20);
        long delayNs = Math.min(
                options.firstRetry().toNanos() << doublings,
                options.longestRetry().toNanos());
        metric.stopped(nowNs + Math.max(delayNs, 0));
        if (!isStoreAway) {
            isStoreAway = true;
            LOG.warn("A live metric cannot start; trying again [team={}]", metric.key.teamId(), failure);
        }
    }

    private static void close(EventFeed.Reader reader) {
        try {
            reader.close();
        } catch (RuntimeException failure) {
            LOG.warn("A reader of the event log cannot be closed", failure);
        }
    }

    /** Moves every window to this time; starts what is due; drops what nobody came back for. */
    void advance(long laterMs, long nowNs) {
        boolean isNextSecond = laterMs / 1_000 > nowMs / 1_000;
        nowMs = Math.max(nowMs, laterMs);
        if (!isNextSecond) {
            return;
        }
        for (Iterator<LiveMetric> all = metrics.values().iterator(); all.hasNext(); ) {
            LiveMetric metric = all.next();
            if (metric.isAbandoned(nowNs, options.linger().toNanos())) {
                removeFromTeam(metric);
                metric.stopped(nowNs);
                all.remove();
                counters.metrics(metrics.size());
            } else {
                slide(metric, nowNs);
            }
        }
    }

    private void slide(LiveMetric metric, long nowNs) {
        Computation computation = metric.computation();
        if (computation == null) {
            return;
        }
        try {
            computation.advance(nowMs);
            metric.touched();
            isDirty = true;
        } catch (MetricException limit) {
            refuse(metric, limit, nowNs);
        }
    }

    /** Starts again what failed and is due. */
    void retry(long nowNs) {
        for (LiveMetric metric : metrics.values()) {
            startIfWanted(metric, nowNs);
        }
    }

    /** Whether what was published of a key last is its answer to all events up to {@link #position}. */
    boolean isCurrent(LiveMetricKey key) {
        LiveMetric metric = metrics.get(key);
        return metric != null
                && metric.computation() != null
                && metric.heldPosition() <= position
                && metric.wasPublished()
                && !metric.isDirty();
    }

    /** How long there is nothing to do, as far as this knows. */
    long idleNs(long nowNs) {
        if (!isDirty) {
            return Long.MAX_VALUE;
        }
        return hasFirstAnswer ? 0 : Math.max(publishedAtNs + options.coalesce().toNanos() - nowNs, 0);
    }

    /** Publishes what changed, unless something was published a moment ago; a first answer never waits. */
    void publish(long nowNs) {
        if (idleNs(nowNs) > 0) {
            return;
        }
        isDirty = false;
        hasFirstAnswer = false;
        publishedAtNs = nowNs;
        Map<LiveMetricKey, MetricResult> changed = new LinkedHashMap<>();
        List<LiveMetric> ahead = new ArrayList<>();
        for (LiveMetric metric : metrics.values()) {
            if (!metric.isDirty()) {
                continue;
            }
            if (metric.computation() != null && metric.heldPosition() > position) {
                ahead.add(metric); // ClickHouse holds more than was aggregated here: its moment is yet to come
                continue;
            }
            Optional.ofNullable(changeOf(metric, nowNs)).ifPresent(result -> changed.put(metric.key, result));
        }
        isDirty |= !ahead.isEmpty();
        if (!changed.isEmpty()) {
            counters.published(changed.size());
            give(changed);
        }
    }

    private @Nullable MetricResult changeOf(LiveMetric metric, long nowNs) {
        Computation computation = metric.computation();
        if (computation != null) {
            try {
                computation.advance(nowMs);
            } catch (MetricException limit) {
                refuse(metric, limit, nowNs);
            }
        }
        return metric.takeChange();
    }

    private void give(Map<LiveMetricKey, MetricResult> changed) {
        try {
            sink.publish(changed, position);
        } catch (RuntimeException fault) {
            LOG.error("Live answers could not be published; they go out again with the next change", fault);
            changed.keySet()
                    .forEach(key -> Optional.ofNullable(metrics.get(key)).ifPresent(LiveMetric::unpublished));
        }
    }
}
