package dev.freshet.benchmarks.start;

import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.eventstore.EmbeddedEventStore;
import dev.freshet.eventstore.EngineLimits;
import dev.freshet.eventstore.Schema;
import dev.freshet.eventstore.StoreQuery;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Puts many events into the store of a data folder by SQL, through the ordinary tables and views, so that a start can be
 * measured on a full folder without days of traffic. They did not go through the log, so the folder is good for starting
 * and for nothing else.
 *
 * @param events how many in all
 * @param hotEvents how many of them in the last two hours; the others lie in the month before
 */
record FilledFolder(long events, long hotEvents) {
    private static final int RETENTION_DAYS = 90;
    private static final long CHUNK = 1_000_000;
    private static final long HOT_MS = Duration.ofHours(2).toMillis();
    private static final long COLD_MS = Duration.ofDays(30).toMillis();
    private static final long ENGINE_BYTES = 8L << 30;

    private static final String SQL = """
            INSERT INTO events
            SELECT 'benchmark', generateUUIDv4(), 1 + number % 4, concat('/page/', toString(cityHash64(number) % 200)),
                   concat('user-', toString(cityHash64(number, 1) % 100000)),
                   concat('session-', toString(cityHash64(number, 2) % 300000)), '{}',
                   fromUnixTimestamp64Milli({from:Int64} + intDiv((toInt64(number) - {first:Int64}) * {span:Int64}, {count:Int64}), 'UTC') AS time,
                   time, number + 1
            FROM numbers({first:UInt64}, {count:UInt64})""";

    void fill(Path dataFolder, PrintStream progress) {
        Path library = ChdbLibrary.locate(Path.of(System.getProperty("chdb.native.directory", "chdb/native")));
        EngineLimits limits =
                EngineLimits.forMachine(ENGINE_BYTES, Runtime.getRuntime().availableProcessors());
        long endMs = System.currentTimeMillis();
        try (EmbeddedEventStore store = EmbeddedEventStore.open(
                library, dataFolder.resolve("clickhouse"), Schema.DEFAULT_DATABASE, RETENTION_DAYS, limits)) {
            long coldEvents = events - hotEvents;
            insert(store, 0, coldEvents, endMs - HOT_MS - COLD_MS, COLD_MS, progress);
            insert(store, coldEvents, hotEvents, endMs - HOT_MS, HOT_MS, progress);
            store.sync();
        }
    }

    private void insert(
            EmbeddedEventStore store, long first, long count, long fromMs, long spanMs, PrintStream progress) {
        for (long done = 0; done < count; done += CHUNK) {
            long next = Math.min(count, done + CHUNK);
            long chunkFromMs = fromMs + Math.round((double) spanMs * done / count);
            long chunkToMs = fromMs + Math.round((double) spanMs * next / count);
            store.execute(StoreQuery.of(SQL)
                    .bind("from", chunkFromMs)
                    .bind("first", first + done)
                    .bind("span", chunkToMs - chunkFromMs)
                    .bind("count", next - done)
                    .withSetting("async_insert", "0")
                    .withTimeout(Duration.ofMinutes(10)));
            progress.printf("\rfilled %,d of %,d events", first + next, events);
        }
        progress.println();
    }
}
