package dev.freshet.functions;

import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.reactive.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Schedules within a transaction. Belongs to its thread, as the transaction does. */
final class TransactionScheduler implements Scheduler {
    private static final int MOST_FUNCTIONS = 1_000;
    private static final long MOST_BYTES = 16L << 20;

    private final ScheduledFunctions functions;
    private final Transaction transaction;
    private final Optional<String> scheduledBy;
    private int scheduled;
    private long bytes;

    /** @param scheduledBy the scheduled function that this transaction is part of, if it is one */
    TransactionScheduler(ScheduledFunctions functions, Transaction transaction, Optional<String> scheduledBy) {
        this.functions = functions;
        this.transaction = transaction;
        this.scheduledBy = scheduledBy;
    }

    @Override
    public String runAfter(Duration delay, String path, ConvexObject arguments) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay " + delay + " must not be negative");
        }
        return runAt(functions.now().plus(delay), path, arguments);
    }

    @Override
    public String runAt(Instant time, String path, ConvexObject arguments) {
        scheduled++;
        bytes += arguments.size();
        if (scheduled > MOST_FUNCTIONS || bytes > MOST_BYTES) {
            throw new FunctionLimitException(
                    "a mutation schedules at most " + MOST_FUNCTIONS + " functions, with arguments of 16 MiB in all");
        }
        return functions.schedule(transaction, scheduledBy, time, path, arguments);
    }

    @Override
    public void cancel(String scheduledId) {
        functions.cancel(transaction, scheduledId);
    }
}
