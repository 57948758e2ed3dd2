package dev.freshet.importer;

/**
 * How fast a log is replayed.
 *
 * @param eventsPerSecond on average over a pass
 * @param shape how the events lie within a pass
 */
public record ReplayPace(double eventsPerSecond, Shape shape) {
    /** Lively, and of next to no cost: the demo's log lasts 8 minutes. */
    public static final ReplayPace DEMO = new ReplayPace(20, Shape.AS_LOGGED);

    /** How a pass spreads its events. */
    public enum Shape {
        /** Each hour of the log takes the same time, so that its busy and quiet hours show. */
        AS_LOGGED,
        /** The rate is the same throughout. */
        EVEN
    }

    public ReplayPace {
        if (!(eventsPerSecond > 0) || eventsPerSecond > 1_000_000) {
            throw new IllegalArgumentException("the rate must be above 0 and at most 1,000,000 events/s");
        }
    }

    /** {@code --rate N}. */
    public static ReplayPace even(double eventsPerSecond) {
        return new ReplayPace(eventsPerSecond, Shape.EVEN);
    }
}
