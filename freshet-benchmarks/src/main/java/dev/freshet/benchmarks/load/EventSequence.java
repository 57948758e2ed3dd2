package dev.freshet.benchmarks.load;

import java.util.List;

/**
 * The events of a run, one for each number from 0 on, so that every party is given the same and each can be made again: 4 types,
 * 20 names, 8,000 users, 2,000 sessions, two properties, random ids of version 4.
 *
 * <p>Their own times run at 12,000 events a second from {@code firstMs} on, whatever the rate at which they are sent, so that
 * the rollups hold what they would hold in production; a time never lies ahead of the clock.
 *
 * @param seed makes the ids of one run differ from those of another
 */
public record EventSequence(long seed, long firstMs) {
    private static final List<String> TYPES = List.of("page_view", "feature_used", "error_occurred", "conversion_step");
    private static final int NAMES = 20;
    private static final int USERS = 8_000;
    private static final int SESSIONS = 2_000;
    private static final int EVENTS_A_MILLISECOND = 12;

    /** Such that the times of ten million events lie within the last quarter of an hour. */
    public static EventSequence startingNow(long seed) {
        return new EventSequence(seed, System.currentTimeMillis() - 14 * 60_000);
    }

    /** How many types of events there are; they take turns. */
    static int types() {
        return TYPES.size();
    }

    public static String type(long number) {
        return TYPES.get((int) (number % TYPES.size()));
    }

    public long idHigh(long number) {
        return (mix(seed + 2 * number) & ~0xf000L) | 0x4000;
    }

    public long idLow(long number) {
        return (mix(seed + 2 * number + 1) >>> 2) | (1L << 63);
    }

    /** What the other parts of an event are taken from. */
    public long shape(long number) {
        return mix(~number) >>> 1;
    }

    /** 0 to 19. */
    public static int name(long shape) {
        return (int) (shape % NAMES);
    }

    /** 1,000 to 8,999, four digits each. */
    public static int user(long shape) {
        return 1_000 + (int) ((shape >>> 8) % USERS);
    }

    /** 1,000 to 2,999. */
    public static int session(long shape) {
        return 1_000 + user(shape) % SESSIONS;
    }

    /** 1,000 to 5,999. */
    public static int durationMs(long shape) {
        return 1_000 + (int) ((shape >>> 24) % 5_000);
    }

    public long timestampMs(long number) {
        return Math.min(firstMs + number / EVENTS_A_MILLISECOND, System.currentTimeMillis());
    }

    private static long mix(long value) {
        long mixed = value * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
