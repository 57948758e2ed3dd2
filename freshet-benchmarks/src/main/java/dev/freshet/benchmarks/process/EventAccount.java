package dev.freshet.benchmarks.process;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** What a server's ClickHouse holds: its events, and whether the rollups hold the same. */
public final class EventAccount {
    private static final Map<String, Bucket> ROLLUPS = Map.of(
            "events_1m", new Bucket("minute", "toStartOfMinute(timestamp)", "uniqExact", "uniqExactMerge"),
            "events_1h", new Bucket("hour", "toStartOfHour(timestamp)", "uniqExact", "uniqExactMerge"),
            "events_1d", new Bucket("day", "toDate(timestamp)", "uniqCombined64(17)", "uniqCombined64Merge(17)"));

    /** The events but one. A check of the rollups against this has to find a difference of just that one. */
    private static final String ALL_BUT_ONE =
            "(SELECT * FROM events WHERE log_position != (SELECT max(log_position) FROM events))";

    /** The events but those of one user. */
    private static final String WITHOUT_A_USER =
            "(SELECT * FROM events WHERE user_id != (SELECT any(user_id) FROM events))";

    private static final Compared EVENTS = new Compared(bucket -> "count()", bucket -> "sum(event_count)");
    private static final Compared USERS =
            new Compared(bucket -> bucket.users() + "(user_id)", bucket -> bucket.mergedUsers() + "(unique_users)");

    private final ClickHouseQueries clickHouse;

    public EventAccount(ClickHouseQueries clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** What is compared, as SQL over the events and over the rows of a rollup. */
    private record Compared(Function<Bucket, String> ofEvents, Function<Bucket, String> ofRollup) {}

    private record Bucket(String column, String ofEvents, String users, String mergedUsers) {}

    /** One id a row of {@code events}. */
    public List<UUID> ids() throws IOException, InterruptedException {
        return clickHouse.rows("SELECT event_id FROM events FORMAT TSV").stream()
                .map(UUID::fromString)
                .toList();
    }

    /** By rollup, the events that its buckets have too many plus those that they have too few. */
    public Map<String, Long> rollupDifferences() throws IOException, InterruptedException {
        return differences("events", EVENTS);
    }

    /** By rollup, the unique users that its buckets have too many plus those that they have too few. */
    public Map<String, Long> userDifferences() throws IOException, InterruptedException {
        return differences("events", USERS);
    }

    /** Whether hiding one user from the same queries makes each of them find a difference. */
    public boolean noticesAHiddenUser() throws IOException, InterruptedException {
        return differences(WITHOUT_A_USER, USERS).values().stream().allMatch(difference -> difference > 0);
    }

    /** Whether hiding one event from the same queries makes each of them find just that difference. */
    public boolean noticesAHiddenEvent() throws IOException, InterruptedException {
        return differences(ALL_BUT_ONE, EVENTS).values().stream().allMatch(difference -> difference == 1);
    }

    private Map<String, Long> differences(String source, Compared compared) throws IOException, InterruptedException {
        Map<String, Long> differences = new TreeMap<>();
        for (Map.Entry<String, Bucket> rollup : ROLLUPS.entrySet()) {
            Bucket bucket = rollup.getValue();
            differences.put(rollup.getKey(), clickHouse.number("""
                            SELECT toInt64(sum(abs(difference))) FROM (
                                SELECT sum(part) AS difference FROM (
                                    SELECT team_id, toString(%s) AS bucket, toString(event_type) AS type, toString(name) AS name,
                                           toInt64(%s) AS part
                                    FROM %s GROUP BY ALL
                                    UNION ALL
                                    SELECT team_id, toString(%s) AS bucket, toString(event_type) AS type, toString(name) AS name,
                                           -toInt64(%s) AS part
                                    FROM %s GROUP BY ALL)
                                GROUP BY team_id, bucket, type, name)
                            FORMAT TSV""".formatted(
                            bucket.ofEvents(),
                            compared.ofEvents().apply(bucket),
                            source,
                            bucket.column(),
                            compared.ofRollup().apply(bucket),
                            rollup.getKey())));
        }
        return differences;
    }
}
