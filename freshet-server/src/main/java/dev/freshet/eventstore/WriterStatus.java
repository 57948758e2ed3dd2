package dev.freshet.eventstore;

import java.time.Duration;
import java.util.Optional;

/**
 * How the writer stands, for metrics and health. Counts are since the start of the process.
 *
 * @param inserted the last position that ClickHouse has answered for
 * @param stored the last position that is on its disk as well
 * @param backlogEvents durable in the log, not yet inserted
 * @param oldestWaiting how long the first of them has waited; zero when none does
 * @param insertedEvents rows of successful inserts, repeats included
 * @param failedAttempts attempts that will be repeated
 * @param refusedEvents rows that ClickHouse refused and that were set aside: an alarm, must stay 0
 * @param failure what the last attempt failed with; empty once one succeeded
 */
public record WriterStatus(
        long inserted,
        long stored,
        long backlogEvents,
        Duration oldestWaiting,
        long insertedEvents,
        long inserts,
        long failedAttempts,
        long refusedEvents,
        Optional<String> failure) {}
