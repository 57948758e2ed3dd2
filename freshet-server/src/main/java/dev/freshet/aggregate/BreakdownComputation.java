package dev.freshet.aggregate;

import dev.freshet.event.EventCursor;
import dev.freshet.eventstore.MetricReader;
import dev.freshet.eventstore.MetricScope;
import dev.freshet.metric.BreakdownRow;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code breakdown} by name. Each key has one cell a bucket: its events there, and how many of its users were seen there
 * last. When a bucket leaves the window, both are taken from the key, so that its users stay exact.
 */
final class BreakdownComputation implements Computation {
    /** A cell with its map entry. */
    private static final long CELL_BYTES = 110;

    /** A key with its entry, its text left aside. */
    private static final long KEY_BYTES = 150;

    private static final long WAITING_BYTES = 60;

    /** So few keys are not looked through for those that left the window. */
    private static final int FEW_KEYS = 1_000;

    private final MetricRequest request;
    private final Metric.Breakdown metric;
    private final int mostIds;
    private final int mostCells;
    private final LiveMemory memory;
    private final IdTable lastBuckets;
    private final TreeMap<Long, Map<Key, Cell>> buckets = new TreeMap<>();
    private final TreeMap<Long, List<Waiting>> ahead = new TreeMap<>();
    private final TextMap<Key> keys = new TextMap<>();
    private TimeWindow window;
    private long keysMade;
    private long keyBytes;
    private int keysAfterSweep;
    private int cellCount;
    private int aheadCount;
    private long total;

    BreakdownComputation(
            MetricRequest request, Metric.Breakdown metric, long nowMs, LiveMetricsOptions options, LiveMemory memory) {
        this.request = request;
        this.metric = metric;
        this.memory = memory;
        mostIds = options.mostIds();
        mostCells = options.mostCells();
        lastBuckets = new IdTable(mostIds, memory);
        window = request.window(nowMs);
    }

    /** A key and its sums over the window; compared by identity. */
    private static final class Key {
        final byte[] text;
        final long idHigh;
        final long idLow;
        long count;
        long users;
        int waiting;
        long cellBucket = Long.MIN_VALUE;

        @Nullable
        Cell cell;

        Key(byte[] text, long number) {
            this.text = text;
            idHigh = TextHash.mixHigh(number);
            idLow = TextHash.mixLow(number);
        }

        BreakdownRow row() {
            return new BreakdownRow(new String(text, StandardCharsets.UTF_8), count, users);
        }
    }

    private static final class Cell {
        long count;
        long lastUsers;
    }

    private record Waiting(Key key, long count, long userHigh, long userLow) {}

    @Override
    public List<Match> parts() {
        return List.of(metric.match());
    }

    @Override
    public void load(MetricReader reader, MetricScope scope) {
        reader.readCells(scope, metric.match(), window, mostCells, (bucket, name, count) -> {
            Key key = key(name);
            addCount(key, cell(key, bucket), count);
        });
        reader.readKeyUsers(scope, metric.match(), window, mostIds, (bucket, name, user, count) -> {
            Key key = key(name);
            long high = TextHash.high(user, 0, user.length);
            long low = TextHash.low(user, 0, user.length);
            if (bucket >= window.endBucket()) {
                wait(bucket, new Waiting(key, count, high, low));
            } else {
                addUser(key, cell(key, bucket), bucket, high, low);
            }
        });
    }

    private Key key(byte[] name) {
        return key(name, 0, name.length, TextHash.high(name, 0, name.length));
    }

    private Key key(byte[] bytes, int offset, int length, long hash) {
        Key known = keys.find(bytes, offset, length, hash);
        if (known != null) {
            return known;
        }
        if (keys.size() >= mostCells) {
            sweep();
            if (keys.size() >= mostCells) {
                throw tooMany("keys in its buckets", mostCells);
            }
        }
        memory.reserve(KEY_BYTES + length);
        keyBytes += KEY_BYTES + length;
        byte[] text = Arrays.copyOfRange(bytes, offset, offset + length);
        Key made = new Key(text, keysMade++);
        keys.add(text, hash, made);
        return made;
    }

    /** Forgets the keys of which nothing is left in the window or ahead of it. */
    private void sweep() {
        keys.keepOnly(key -> {
            boolean isKept = key.count > 0 || key.waiting > 0;
            if (!isKept) {
                memory.free(KEY_BYTES + key.text.length);
                keyBytes -= KEY_BYTES + key.text.length;
            }
            return isKept;
        });
        keysAfterSweep = keys.size();
    }

    private static MetricException tooMany(String what, int most) {
        return new MetricException(
                MetricErrorCode.LIMIT_EXCEEDED,
                "metric has more than " + most + " " + what + "; narrow its match or its range");
    }

    @Override
    public void add(int part, EventView event) {
        long bucket = request.interval().bucketOf(event.timestampMs());
        if (bucket < window.firstBucket()) {
            return;
        }
        EventCursor cursor = event.cursor();
        Key key = key(cursor.bytes(), cursor.nameStart(), cursor.nameLength(), event.nameHash());
        if (bucket >= window.endBucket()) {
            wait(bucket, new Waiting(key, 1, event.userHigh(), event.userLow()));
            return;
        }
        Cell cell = cell(key, bucket);
        addCount(key, cell, 1);
        addUser(key, cell, bucket, event.userHigh(), event.userLow());
    }

    private void wait(long bucket, Waiting waiting) {
        if (aheadCount >= mostIds) {
            throw tooMany("events ahead of their time", mostIds);
        }
        memory.reserve(WAITING_BYTES);
        aheadCount++;
        waiting.key.waiting++;
        ahead.computeIfAbsent(bucket, _ -> new ArrayList<>()).add(waiting);
    }

    private Cell cell(Key key, long bucket) {
        Cell recent = key.cell;
        if (recent != null && key.cellBucket == bucket) {
            return recent;
        }
        Map<Key, Cell> cells = buckets.computeIfAbsent(bucket, _ -> new HashMap<>());
        Cell cell = cells.get(key);
        if (cell == null) {
            if (cellCount >= mostCells) {
                throw tooMany("keys in its buckets", mostCells);
            }
            memory.reserve(CELL_BYTES);
            cellCount++;
            cell = new Cell();
            cells.put(key, cell);
        }
        key.cell = cell;
        key.cellBucket = bucket;
        return cell;
    }

    private void addCount(Key key, Cell cell, long count) {
        cell.count += count;
        key.count += count;
        total += count;
    }

    private void addUser(Key key, Cell cell, long bucket, long userHigh, long userLow) {
        long high = userHigh ^ key.idHigh;
        long low = userLow ^ key.idLow;
        long last = lastBuckets.find(high, low);
        if (last >= bucket) {
            return;
        }
        if (last >= window.firstBucket()) {
            cell(key, last).lastUsers--;
        } else {
            key.users++;
        }
        cell.lastUsers++;
        lastBuckets.put(high, low, bucket, window.firstBucket());
    }

    @Override
    public void advance(long nowMs) {
        TimeWindow next = request.window(nowMs);
        if (next.firstBucket() <= window.firstBucket()) {
            return;
        }
        window = next;
        while (!buckets.isEmpty() && buckets.firstKey() < window.firstBucket()) {
            buckets.pollFirstEntry().getValue().forEach(this::leave);
        }
        if (keys.size() > FEW_KEYS + 2 * keysAfterSweep) {
            sweep();
        }
        while (!ahead.isEmpty() && ahead.firstKey() < window.endBucket()) {
            Map.Entry<Long, List<Waiting>> arrived = ahead.pollFirstEntry();
            arrived.getValue().forEach(waiting -> arrive(arrived.getKey(), waiting));
        }
    }

    private void leave(Key key, Cell cell) {
        key.count -= cell.count;
        key.users -= cell.lastUsers;
        total -= cell.count;
        cellCount--;
        memory.free(CELL_BYTES);
        if (key.cell == cell) {
            key.cell = null;
            key.cellBucket = Long.MIN_VALUE;
        }
    }

    private void arrive(long bucket, Waiting waiting) {
        aheadCount--;
        memory.free(WAITING_BYTES);
        waiting.key.waiting--;
        if (bucket >= window.firstBucket()) {
            Cell cell = cell(waiting.key, bucket);
            addCount(waiting.key, cell, waiting.count);
            addUser(waiting.key, cell, bucket, waiting.userHigh, waiting.userLow);
        }
    }

    @Override
    public void discard() {
        lastBuckets.discard();
        memory.free(cellCount * CELL_BYTES + aheadCount * WAITING_BYTES + keyBytes);
    }

    @Override
    public MetricResult result() {
        PriorityQueue<BreakdownRow> best = new PriorityQueue<>(BreakdownRow.ORDER.reversed());
        keys.forEach(key -> {
            if (key.count > 0
                    && (best.size() < metric.limit()
                            || key.count >= best.element().count())) {
                best.add(key.row());
                if (best.size() > metric.limit()) {
                    best.remove();
                }
            }
        });
        List<BreakdownRow> rows = new ArrayList<>(best);
        rows.sort(BreakdownRow.ORDER);
        long shown = rows.stream().mapToLong(BreakdownRow::count).sum();
        return new MetricResult.BreakdownRows(rows, total - shown, ResultQuality.EXACT);
    }
}
