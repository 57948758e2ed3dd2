package dev.freshet.event;

import java.time.Duration;

/** The limits of one event; part of the external contract. */
public final class EventLimits {
    /** In Unicode code points: names, user, anonymous and session ids. */
    public static final int TEXT_CODE_POINTS = 200;

    /** UTF-8 bytes of {@code properties} as one JSON object. */
    public static final int PROPERTIES_BYTES = 32 * 1024;

    /** How far ahead of the server's clock a timestamp may be. */
    public static final Duration AHEAD = Duration.ofMinutes(5);

    private EventLimits() {}
}
