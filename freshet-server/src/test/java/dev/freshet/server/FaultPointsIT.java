package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.eventlog.MemoryLogFiles;
import dev.freshet.eventstore.EmbeddedEventStore;
import dev.freshet.eventstore.EngineLimits;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way of an event from its submission into ClickHouse, ended at every call that changes a file (each write, sync, rename
 * and removal of the event log, the journal of cuts and the index of ids) and before and after each insert. A client
 * repeats what was not acknowledged, as SDKs do, to the process that follows on the same disk.
 *
 * <p>The file system is one in memory, so that power can fail; the engine is a real one that survives, as a ClickHouse by URL does.
 */
@Timeout(300)
final class FaultPointsIT {
    private static final int INSERTS_OF_A_LIFE = 6;
    private static final String WITHOUT_A_USER =
            "(SELECT * FROM events WHERE user_id != (SELECT any(user_id) FROM events))";
    private static final List<Rollup> ROLLUPS = List.of(
            new Rollup("events_1m", "minute", "toStartOfMinute(timestamp)", "uniqExact", "uniqExactMerge"),
            new Rollup("events_1h", "hour", "toStartOfHour(timestamp)", "uniqExact", "uniqExactMerge"),
            new Rollup("events_1d", "day", "toDate(timestamp)", "uniqCombined64(17)", "uniqCombined64Merge(17)"));

    @TempDir
    private static Path folder;

    private static EmbeddedEventStore engine;

    private final long seed = Long.getLong("freshet.test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final MemoryLogFiles files = new MemoryLogFiles();
    private final RepeatingClient client = new RepeatingClient(random);
    private MortalStore store;

    @BeforeAll
    static void openEngine() {
        engine = EmbeddedEventStore.open(
                ChdbLibrary.locate(Path.of(System.getProperty("chdb.native.directory"))),
                folder.resolve("clickhouse"),
                "freshet",
                90,
                EngineLimits.forMachine(4L << 30, 2));
    }

    @AfterAll
    static void closeEngine() {
        engine.close();
    }

    @BeforeEach
    void prepare() {
        store = new MortalStore(engine, files);
        assertThat(number("SELECT count() FROM events")).isZero();
    }

    @AfterEach
    void empty() {
        for (String table : new String[] {"events", "events_1m", "events_1h", "events_1d"}) {
            engine.execute(StoreQuery.of("TRUNCATE TABLE " + table));
        }
    }

    @Test
    void killedAtFileCalls() throws Exception {
        int lives = liveToFileCalls(files::kill);

        requireKeptOnce();
        assertThat(lives).as("lives that ended before their work was done").isGreaterThan(15);
    }

    @Test
    void withoutPowerAtFileCalls() throws Exception {
        int lives = liveToFileCalls(() -> files.crash(random));

        requireKeptOnce();
        assertThat(lives).as("lives that ended before their work was done").isGreaterThan(15);
    }

    @Test
    void killedBeforeAndAfterEachInsert() throws Exception {
        for (int insert = 1; insert <= INSERTS_OF_A_LIFE; insert++) {
            store.dieBeforeInsert(insert);
            assertThat(live(files::kill)).as("died before insert %d", insert).isTrue();
            store.dieAfterInsert(insert);
            assertThat(live(files::kill)).as("died after insert %d", insert).isTrue();
        }
        live(files::kill);

        requireKeptOnce();
    }

    /** That the account below sees a doubled event: the same lives with an engine that knows no token again. */
    @Test
    void anEngineWithoutDeduplicationIsFoundOut() throws Exception {
        store.forgetTokens();
        for (int insert = 1; insert <= INSERTS_OF_A_LIFE; insert++) {
            store.dieAfterInsert(insert);
            live(files::kill);
        }
        live(files::kill);

        assertThat(stored().values()).anyMatch(count -> count > 1);
        assertThat(number("SELECT sum(event_count) FROM events_1m"))
                .isGreaterThan(client.acknowledged().size());
    }

    /** That the account sees a lost event: power fails under a disk that lies about its syncs. */
    @Test
    void aDiskThatDoesNotSyncIsFoundOut() throws Exception {
        files.setSyncing(false);
        boolean isLost = false;
        for (int life = 0; life < 40 && !isLost; life++) {
            files.failCall(20 + random.nextInt(40), true);
            try {
                live(() -> files.crash(random));
            } catch (RuntimeException damaged) {
                // What synced itself by its own account is gone: a start may refuse that, too.
                isLost = true;
            }
            isLost |= !stored().keySet().containsAll(client.acknowledged());
        }

        assertThat(isLost).isTrue();
    }

    /**
     * One life after the other, each ended some calls later than the one before, until one is done before its end comes;
     * then one more. A run takes every other call, by its seed; {@code -Dfreshet.test.everyCall=true} takes all.
     *
     * @return how many were ended
     */
    private int liveToFileCalls(Runnable death) throws Exception {
        int most = Boolean.getBoolean("freshet.test.everyCall") ? 1 : 3;
        int lives = 0;
        int calls = 0;
        boolean hasDied;
        do {
            calls += 1 + random.nextInt(most);
            files.failCall(calls, true);
            hasDied = live(death);
            lives += hasDied ? 1 : 0;
        } while (hasDied);
        live(death);
        return lives;
    }

    /** @return whether it died before its work was done; if not, all it took is in ClickHouse */
    private boolean live(Runnable death) throws Exception {
        boolean hasDied;
        try (EventPath path = EventPath.open(files, store, folder)) {
            client.work(path);
            hasDied = !path.awaitAllStored();
        } catch (RuntimeException failure) {
            if (!files.hasFailed()) {
                throw failure;
            }
            hasDied = true;
        }
        death.run();
        store.revive();
        return hasDied;
    }

    private void requireKeptOnce() {
        Map<UUID, Long> stored = stored();
        String run = "seed " + seed;
        assertThat(client.acknowledged()).as(run).hasSizeGreaterThan(100);
        assertThat(client.repeated()).as(run + ", repeats sent").isPositive();
        assertThat(stored.keySet()).as(run).containsAll(client.acknowledged());
        assertThat(client.sent()).as(run).containsAll(stored.keySet());
        assertThat(stored.values()).as(run).allMatch(count -> count == 1);
        for (String rollup : new String[] {"events_1m", "events_1h", "events_1d"}) {
            assertThat(number("SELECT sum(event_count) FROM " + rollup))
                    .as(run + ", " + rollup)
                    .isEqualTo(stored.size());
        }
        for (Rollup rollup : ROLLUPS) {
            assertThat(number(rollup.differingBuckets("events")))
                    .as(run + ", buckets of other counts or users in " + rollup.table())
                    .isZero();
            assertThat(number(rollup.differingBuckets(WITHOUT_A_USER)))
                    .as("that a user who is hidden from this very check is missed in " + rollup.table())
                    .isPositive();
        }
    }

    /** @param users the function that counts users, {@code mergedUsers} the one that counts those of a state */
    private record Rollup(String table, String bucket, String bucketOfEvents, String users, String mergedUsers) {
        /** How many buckets have not the number of events and of users that the events have. */
        String differingBuckets(String events) {
            return """
                    SELECT toInt64(count()) FROM (
                        SELECT sum(counted) AS events_more, sum(users) AS users_more FROM (
                            SELECT team_id, toString(event_type) AS type, toString(name) AS name, toString(%s) AS bucket,
                                   toInt64(count()) AS counted, toInt64(%s(user_id)) AS users
                            FROM %s GROUP BY ALL
                            UNION ALL
                            SELECT team_id, toString(event_type) AS type, toString(name) AS name, toString(%s) AS bucket,
                                   -toInt64(sum(event_count)) AS counted, -toInt64(%s(unique_users)) AS users
                            FROM %s GROUP BY ALL)
                        GROUP BY team_id, type, name, bucket)
                    WHERE events_more != 0 OR users_more != 0""".formatted(bucketOfEvents, users, events, bucket, mergedUsers, table);
        }
    }

    private static Map<UUID, Long> stored() {
        Map<UUID, Long> counts = new HashMap<>();
        RowBinaryReader rows =
                engine.query(StoreQuery.of("SELECT event_id, toInt64(count()) FROM events GROUP BY event_id"));
        while (rows.hasNext()) {
            counts.put(rows.uuid(), rows.int64());
        }
        return counts;
    }

    private static long number(String sql) {
        return engine.query(StoreQuery.of(sql)).int64();
    }
}
