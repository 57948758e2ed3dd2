package dev.freshet.benchmarks.kill;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What one round found.
 *
 * @param acknowledged how many events the server promised to keep
 * @param lost acknowledged events that are not in {@code events}
 * @param doubled rows of {@code events} beyond the first of their event
 * @param unsent events that are there though nobody sent them
 * @param stored rows in {@code events}
 * @param rollups by table, how many events its buckets have more or fewer than {@code events} has for them
 * @param users by table, how many unique users its buckets have more or fewer than {@code events} has for them
 * @param isCheckAlive whether the checks of the rollups noticed one event, and one user, that were hidden from them on purpose
 */
public record KillVerdict(
        long acknowledged,
        long lost,
        long doubled,
        long unsent,
        long stored,
        Map<String, Long> rollups,
        Map<String, Long> users,
        boolean isCheckAlive) {
    public KillVerdict {
        rollups = Map.copyOf(rollups);
        users = Map.copyOf(users);
    }

    /** @param stored the id of each row, in any order */
    static KillVerdict of(
            Set<UUID> acknowledged,
            Set<UUID> sent,
            Collection<UUID> stored,
            Map<String, Long> rollups,
            Map<String, Long> users,
            boolean isCheckAlive) {
        Set<UUID> distinct = new HashSet<>(stored);
        return new KillVerdict(
                acknowledged.size(),
                acknowledged.stream().filter(id -> !distinct.contains(id)).count(),
                stored.size() - distinct.size(),
                distinct.stream().filter(id -> !sent.contains(id)).count(),
                stored.size(),
                rollups,
                users,
                isCheckAlive);
    }

    /** Every acknowledged event is there once, every other at most once, and each rollup has just what {@code events} has. */
    public boolean isKept() {
        return lost == 0
                && doubled == 0
                && unsent == 0
                && isCheckAlive
                && rollups.values().stream().allMatch(difference -> difference == 0)
                && users.values().stream().allMatch(difference -> difference == 0);
    }
}
