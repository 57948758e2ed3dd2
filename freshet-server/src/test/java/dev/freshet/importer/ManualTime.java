package dev.freshet.importer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A clock that moves by pausing only, and interrupts at its end. Safe from many threads. */
final class ManualTime implements InstantSource, Pause {
    private final List<Duration> pauses = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private Instant end = Instant.MAX;

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized void pause(Duration duration) throws InterruptedException {
        pauses.add(duration);
        advance(duration);
        if (!now.isBefore(end)) {
            throw new InterruptedException("the test's time is over");
        }
    }

    synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }

    synchronized void endAfter(Duration duration) {
        end = now.plus(duration);
    }

    synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
