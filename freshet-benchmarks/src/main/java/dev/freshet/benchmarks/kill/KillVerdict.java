package dev.freshet.benchmarks.kill;

import java.util.Map;

/**
 * What one round found.
 *
 * @param acknowledged how many events the server promised to keep
 * @param lost acknowledged events that are not in {@code events}
 * @param doubled events that are there more than once
 * @param stored rows in {@code events}
 * @param rollups by table, its sum of event_count: each must equal {@code stored}
 */
public record KillVerdict(long acknowledged, long lost, long doubled, long stored, Map<String, Long> rollups) {
    public KillVerdict {
        rollups = Map.copyOf(rollups);
    }

    public boolean isKept() {
        return lost == 0 && doubled == 0 && rollups.values().stream().allMatch(sum -> sum == stored);
    }
}
