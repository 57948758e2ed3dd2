package dev.freshet.functions;

import dev.freshet.functions.api.DatabaseReader;
import dev.freshet.functions.api.Granularity;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time as rows of a table, one for each granularity, committed as it ticks: what a query reads of the time is then part
 * of its snapshot and of its read set like anything else.
 */
final class LogicalClock {
    static final String TABLE = "_clock";

    private static final Logger LOG = LoggerFactory.getLogger(LogicalClock.class);
    private static final long TICK_MS = Granularity.SECOND.duration().toMillis();

    private final Database database;
    private final Clock clock;
    private final Timer timer;
    private volatile boolean stopped;

    LogicalClock(Database database, Clock clock, Timer timer) {
        this.database = database;
        this.clock = clock;
        this.timer = timer;
    }

    static Instant read(DatabaseReader tables, Granularity granularity) {
        return Instant.ofEpochMilli((long) tables.get(TABLE, granularity.name())
                .orElseThrow(() -> new IllegalStateException("the logical clock has not been started"))
                .number("time"));
    }

    /** Commits the present time and goes on ticking. */
    void start() {
        tick().toCompletableFuture().join();
        scheduleTick();
    }

    void stop() {
        stopped = true;
    }

    private void scheduleTick() {
        long delayMs = TICK_MS - Math.floorMod(clock.epochMs(), TICK_MS);
        timer.schedule(Duration.ofMillis(delayMs), () -> {
            if (!stopped) {
                scheduleTick();
                tick().whenComplete((outcome, failure) -> {
                    if (failure != null && !stopped) {
                        LOG.warn("the logical clock missed a tick", failure);
                    }
                });
            }
        });
    }

    /** Commits what has changed of the time. */
    CompletionStage<?> tick() {
        long nowMs = clock.epochMs();
        Transaction transaction = database.beginOwn(database.latest());
        for (Granularity granularity : Granularity.values()) {
            long stepMs = granularity.duration().toMillis();
            ConvexObject time = ConvexObject.of("time", ConvexValue.of(Math.floorDiv(nowMs, stepMs) * stepMs));
            if (!transaction.get(TABLE, granularity.name()).equals(java.util.Optional.of(time))) {
                transaction.putSystem(TABLE, granularity.name(), time);
            }
        }
        return transaction.hasWrites()
                ? database.commit(transaction, CommitHook.NONE)
                : CompletableFuture.completedFuture(null);
    }
}
