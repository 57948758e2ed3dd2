package dev.freshet.aggregate;

import dev.freshet.event.EventType;
import dev.freshet.metric.BreakdownKey;
import dev.freshet.metric.Interval;
import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricRequest;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Draws events and metrics that meet often: few teams, names, users, and times around the edges of windows. */
final class RandomScene {
    private static final List<Interval> INTERVALS = List.of(Interval.values());
    private static final List<String> NAMES = List.of("/", "/a", "/ä", "/a/b", "", "\uD83D\uDE00", "\uFF21");

    private final Random random;
    private final List<String> teams;
    private final List<String> names;

    RandomScene(Random random) {
        this(random, "team", NAMES);
    }

    /** @param team what the ids of its teams begin with */
    RandomScene(Random random, String team, List<String> names) {
        this.random = random;
        this.names = names;
        teams = List.of(team + "-a", team + "-b", team + "-ab");
    }

    TestEvent event(long nowMs) {
        return new TestEvent(
                0,
                timestamp(nowMs),
                EventType.ofCode((byte) (1 + random.nextInt(4))),
                teams.get(random.nextInt(teams.size())),
                name(),
                "user-" + random.nextInt(6),
                random.nextInt(4) == 0 ? "" : "session-" + random.nextInt(5));
    }

    private long timestamp(long nowMs) {
        long wholeSecond = nowMs / 1_000 * 1_000;
        return switch (random.nextInt(10)) {
            case 0 -> wholeSecond - 1_000L * random.nextInt(12);
            case 1 -> wholeSecond + 1_000L * random.nextInt(3);
            case 2 -> nowMs + random.nextInt(300_000);
            case 3 -> nowMs - random.nextInt(600_000);
            case 4 -> nowMs - random.nextInt(86_400_000);
            case 5 -> nowMs / 60_000 * 60_000 - random.nextInt(2);
            default -> nowMs - random.nextInt(3_000);
        };
    }

    private String name() {
        return names.get(random.nextInt(names.size()));
    }

    LiveMetricKey key() {
        Interval interval = INTERVALS.get(random.nextInt(INTERVALS.size()));
        int buckets = switch (random.nextInt(4)) {
            case 0 -> 1;
            case 1 -> 1 + random.nextInt(5);
            case 2 -> 10;
            default -> 1 + random.nextInt(200);
        };
        return new LiveMetricKey(
                teams.get(random.nextInt(teams.size())), new MetricRequest(metric(), interval, buckets));
    }

    private Metric metric() {
        return switch (random.nextInt(6)) {
            case 0 -> new Metric.Count(match());
            case 1 -> new Metric.Ratio(match(), match());
            case 2 -> new Metric.UniqueUsers(match());
            case 3 -> new Metric.ActiveSessions(1 + random.nextInt(15), match());
            default -> new Metric.Breakdown(match(), new BreakdownKey.Name(), 1 + random.nextInt(5));
        };
    }

    private Match match() {
        Match ofType = random.nextInt(3) == 0 ? Match.of(EventType.ofCode((byte) (1 + random.nextInt(4)))) : Match.ALL;
        if (random.nextInt(3) > 0) {
            return ofType;
        }
        return ofType.and(new Match(
                Optional.empty(),
                Optional.of(IntStream.range(0, random.nextInt(4))
                        .mapToObj(_ -> name())
                        .toList()),
                new TreeMap<>()));
    }
}
