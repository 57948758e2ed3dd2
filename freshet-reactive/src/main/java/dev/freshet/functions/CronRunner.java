package dev.freshet.functions;

import dev.freshet.functions.api.CronDefinition;
import dev.freshet.reactive.Database;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules each cron's function at each of its times, unless its last run is still under way. Times that pass while the
 * server is down, or while it is too busy to keep them, are left out.
 */
final class CronRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CronRunner.class);
    private static final Duration LONGEST_SLEEP = Duration.ofHours(1);

    private final OwnTransactions transactions;
    private final ScheduledFunctions functions;
    private final Clock clock;
    private final Timer timer;
    private volatile boolean stopped;

    CronRunner(Database database, ScheduledFunctions functions, Clock clock, Timer timer) {
        this.transactions = new OwnTransactions(database);
        this.functions = functions;
        this.clock = clock;
        this.timer = timer;
    }

    /** Once. */
    void start(List<CronDefinition> crons) {
        crons.forEach(cron -> sleep(new Running(cron), functions.now()));
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
                        .filter(id -> functions.isUnderWay(transaction, id))
                        .isPresent()) {
                    LOG.warn("a cron's time is left out, its last run has not ended [cron={}]", running.cron.name());
                    return running.lastId;
                }
                return Optional.of(functions.schedule(
                        transaction, Optional.empty(), running.next, running.cron.path(), running.cron.arguments()));
            });
        } catch (RuntimeException failure) {
            if (!stopped) {
                LOG.error("a cron's run could not be scheduled [cron={}]", running.cron.name(), failure);
            }
        }
        if (!stopped) {
            sleep(running, functions.now());
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
        private volatile Optional<String> lastId = Optional.empty();

        Running(CronDefinition cron) {
            this.cron = cron;
        }
    }
}
