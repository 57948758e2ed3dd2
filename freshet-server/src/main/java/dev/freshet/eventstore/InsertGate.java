package dev.freshet.eventstore;

import java.util.function.LongFunction;

/**
 * Lets a reader of the rollups know exactly which events they hold: the work runs while no insert is under way, and is
 * given the position of the last event that the tables and rollups hold.
 */
public interface InsertGate {
    /** Runs {@code work} on the caller's thread, between two inserts; inserts wait for it, so it must be short. */
    <T> T betweenInserts(LongFunction<T> work);
}
