package dev.freshet.functions.api;

import java.time.Duration;

/** How finely a query sees the time, and so how often it runs again only because time passes. */
public enum Granularity {
    SECOND(Duration.ofSeconds(1)),
    TEN_SECONDS(Duration.ofSeconds(10)),
    MINUTE(Duration.ofMinutes(1)),
    HOUR(Duration.ofHours(1)),
    DAY(Duration.ofDays(1));

    private final Duration duration;

    Granularity(Duration duration) {
        this.duration = duration;
    }

    /** The time between two ticks. */
    public Duration duration() {
        return duration;
    }
}
