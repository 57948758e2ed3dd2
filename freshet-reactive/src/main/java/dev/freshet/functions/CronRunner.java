package dev.freshet.functions;

import dev.freshet.functions.api.CronDefinition;
import dev.freshet.reactive.Database;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules each cron's function at each of its times, unless its last run is still under way: one that an earlier start
 * of the server scheduled too, and one that was given up but has not returned. Times that pass meanwhile, or while the server
 * is down, are left out. No time comes twice, also when the machine's clock is set back.
 */
final class CronRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CronRunner.class);
    private static final Duration LONGEST_SLEEP = Duration.ofHours(1);

    private final OwnTransactions transactions;
    private final ScheduledFunctions functions;
    private final Database database;
    private final Predicate<String> isRunning;
    private final Clock clock;
    private final Timer timer;
    private volatile boolean stopped;

    /** @param isRunning whether the scheduled function of this row still runs, though its row may say that it has ended */
    CronRunner(Database database, ScheduledFunctions functions, Predicate<String> isRunning, Clock clock, Timer timer) {
        this.database = database;
        this.isRunning = isRunning;
        this.transactions = new OwnTransactions(database);
        this.functions = functions;
        this.clock = clock;
        this.timer = timer;
    }

    /** Once. */
    void start(List<CronDefinition> crons) {
        Map<String, String> underWay = functions.runsUnderWay(database.latest());
        for (CronDefinition cron : crons) {
            sleep(new Running(cron, Optional.ofNullable(underWay.get(cron.name()))), functions.now());
        }
    }

    private void sleep(Running running, Instant after) {
        running.next = running.cron.schedule().nextAfter(after);
        waitFor(running);
    }

    private void waitFor(Running running) {
        long waitMs = running.next.toEpochMilli() - clock.epochMs();
        timer.schedule(Duration.ofMillis(Math.clamp(waitMs, 0, LONGEST_SLEEP.toMillis())), () -> {
            if (stopped) {
                return;
            }
            if (functions.now().isBefore(running.next)) {
                waitFor(running);
            } else {
                // On a thread of its own: the timer's must not wait for a commit.
                Thread _ =
                        Thread.ofVirtual().name("cron " + running.cron.name()).start(() -> beginRun(running));
            }
        });
    }

    private void beginRun(Running running) {
        try {
            running.lastId = transactions.run(transaction -> {
                if (running.lastId
                        .filter(id -> functions.isUnderWay(transaction, id) || isRunning.test(id))
                        .isPresent()) {
                    LOG.warn("a cron's time is left out, its last run has not ended [cron={}]", running.cron.name());
                    return running.lastId;
                }
                return Optional.of(functions.scheduleRun(transaction, running.cron, running.next));
            });
        } catch (RuntimeException failure) {
            if (!stopped) {
                LOG.error("a cron's run could not be scheduled [cron={}]", running.cron.name(), failure);
            }
        }
        if (!stopped) {
            Instant now = functions.now();
            sleep(running, now.isAfter(running.next) ? now : running.next);
        }
    }

    @Override
    public void close() {
        stopped = true;
    }

    /** One cron. Each of its times is handled after the one before, so by one thread at a time. */
    private static final class Running {
        private final CronDefinition cron;
        private volatile Instant next = Instant.EPOCH;
        private volatile Optional<String> lastId;

        Running(CronDefinition cron, Optional<String> lastId) {
            this.cron = cron;
            this.lastId = lastId;
        }
    }
}
