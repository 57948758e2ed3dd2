package dev.freshet.duplicates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Small numbers for teams, given in the order in which they are first met. Thread-safe. */
final class TeamNumbers {
    private final IdHash hash;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private volatile long[] seeds = new long[16];

    TeamNumbers(IdHash hash) {
        this.hash = hash;
    }

    synchronized int number(String teamId) {
        Integer known = numbers.get(teamId);
        if (known != null) {
            return known;
        }
        int number = names.size();
        long[] grown = number < seeds.length ? seeds : Arrays.copyOf(seeds, 2 * seeds.length);
        grown[number] = hash.teamSeed(teamId);
        seeds = grown;
        names.add(teamId);
        numbers.put(teamId, number);
        return number;
    }

    synchronized String name(int number) {
        return names.get(number);
    }

    /** A team's ids of one class, as one number. */
    int section(int teamNumber, int idClass) {
        return teamNumber * FoldedId.CLASSES + idClass;
    }

    long hash(int section, long high, long low) {
        return IdHash.of(seeds[section / FoldedId.CLASSES], section % FoldedId.CLASSES, high, low);
    }
}
