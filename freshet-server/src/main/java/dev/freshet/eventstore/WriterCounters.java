package dev.freshet.eventstore;

import java.util.concurrent.atomic.LongAdder;

/** What the writer counts; read by any thread. */
final class WriterCounters {
    final LongAdder insertedEvents = new LongAdder();
    final LongAdder inserts = new LongAdder();
    final LongAdder failedAttempts = new LongAdder();
    final LongAdder refusedEvents = new LongAdder();
}
