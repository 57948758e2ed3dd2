package dev.freshet.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved by hand. Confined to the test's thread. */
final class HandClock implements InstantSource {
    private Instant now = Instant.parse("2026-03-01T10:00:00.250Z");

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration step) {
        now = now.plus(step);
    }
}
