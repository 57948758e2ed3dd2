package dev.freshet.documents;

/**
 * How fast a write key may send.
 *
 * @param eventsPerSecond on average
 * @param burst so many at once after a pause
 */
public record EventQuota(int eventsPerSecond, int burst) {
    /** The most of either. */
    public static final int MOST = 1_000_000;

    private static final int BURST_SECONDS = 10;

    /** @throws IllegalArgumentException for what is not from 1 to {@link #MOST} */
    public EventQuota {
        if (!isUsable(eventsPerSecond) || !isUsable(burst)) {
            throw new IllegalArgumentException("a quota has 1 to " + MOST + " events");
        }
    }

    public static boolean isUsable(double events) {
        return events >= 1 && events <= MOST && events == Math.rint(events);
    }

    /** With the burst that is usual: ten seconds' worth. */
    public static EventQuota of(int eventsPerSecond) {
        return new EventQuota(eventsPerSecond, (int) Math.min(MOST, (long) eventsPerSecond * BURST_SECONDS));
    }
}
