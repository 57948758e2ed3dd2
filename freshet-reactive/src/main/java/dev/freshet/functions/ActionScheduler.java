package dev.freshet.functions;

import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.reactive.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Schedules from an action: each call is a transaction of its own. Thread-safe; blocks.
 *
 * @param scheduledBy the scheduled function that the action is, if it is one
 */
record ActionScheduler(OwnTransactions transactions, ScheduledFunctions functions, Optional<String> scheduledBy)
        implements Scheduler {
    @Override
    public String runAfter(Duration delay, String path, ConvexObject arguments) {
        return run(scheduler -> scheduler.runAfter(delay, path, arguments));
    }

    @Override
    public String runAt(Instant time, String path, ConvexObject arguments) {
        return run(scheduler -> scheduler.runAt(time, path, arguments));
    }

    @Override
    public void cancel(String scheduledId) {
        String _ = run(scheduler -> {
            scheduler.cancel(scheduledId);
            return scheduledId;
        });
    }

    private String run(Function<Scheduler, String> call) {
        return transactions.run(
                (Transaction transaction) -> call.apply(new TransactionScheduler(functions, transaction, scheduledBy)));
    }
}
