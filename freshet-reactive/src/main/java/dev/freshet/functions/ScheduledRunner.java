package dev.freshet.functions;

import dev.freshet.functions.ScheduledFunctions.Job;
import dev.freshet.functions.ScheduledFunctions.State;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionHandler;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Subscription;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs scheduled functions when their time has come, the earliest first, so many at a moment. It follows the table like
 * any subscriber: it reads the next rows, and reads again when a commit touches what it read, when the first of them is
 * due, or when one has ended. Each run has a virtual thread; tasks that run one at a time own the rest. A function whose
 * earlier runs do not return waits, and others pass it by.
 */
final class ScheduledRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledRunner.class);
    private static final int PARALLEL = 64;
    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);
    private static final Duration LONGEST_SLEEP = Duration.ofHours(1);
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(10);
    private static final long FIRST_RETRY_MS = 100;
    private static final long LONGEST_RETRY_MS = 10_000;
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(1);
    /** Rows of functions that wait so, which others are looked for behind. */
    private static final int BUSY_ROWS = 4_000;

    private final Database database;
    private final OwnTransactions transactions;
    private final ScheduledFunctions functions;
    private final MutationRunner mutations;
    private final ActionRunner actions;
    private final Clock clock;
    private final Timer timer;
    private final SerialTasks tasks;
    private volatile boolean stopped;
    /** From here on by tasks only; runs by the id of their row. */
    private final Map<String, Thread> running = new HashMap<>();

    /** Functions that are not begun for a moment, as earlier runs have not returned. */
    private final Set<String> busy = new HashSet<>();

    private final AtomicBoolean sweeping = new AtomicBoolean();
    private Optional<Subscription> subscription = Optional.empty();
    private Timer.Cancellable wake = () -> {};
    private long looks;

    ScheduledRunner(
            Database database,
            ScheduledFunctions functions,
            MutationRunner mutations,
            ActionRunner actions,
            Clock clock,
            Timer timer,
            Executor executor) {
        this.database = database;
        this.transactions = new OwnTransactions(database);
        this.functions = functions;
        this.mutations = mutations;
        this.actions = actions;
        this.clock = clock;
        this.timer = timer;
        this.tasks = new SerialTasks(executor);
    }

    /** Once, before anything is scheduled. */
    void start() {
        boolean _ = transactions.run(transaction -> {
            functions.failInterrupted(transaction);
            return true;
        });
        tasks.add(this::look);
        scheduleSweep();
    }

    private void look() {
        if (stopped) {
            return;
        }
        wake.cancel();
        subscription.ifPresent(database::unsubscribe);
        subscription = Optional.empty();
        looks++;
        Transaction reading = database.beginOwn(database.latest());
        if (functions.isCrowded(reading.snapshot())) {
            startSweep();
        }
        // Mutations that run are pending still, until they commit.
        List<Job> next = functions.pending(reading, running.size() + PARALLEL + 1 + (busy.isEmpty() ? 0 : BUSY_ROWS));
        long nowMs = clock.epochMs();
        for (Job job : next) {
            if (running.containsKey(job.id()) || busy.contains(job.path())) {
                continue;
            }
            long waitMs = job.time().toEpochMilli() - nowMs;
            if (waitMs > 0) {
                // Not too long at once: the machine's clock may be set meanwhile.
                Duration sleep = Duration.ofMillis(Math.min(waitMs, LONGEST_SLEEP.toMillis()));
                wake = timer.schedule(sleep, () -> tasks.add(this::look));
                break;
            }
            if (running.size() < PARALLEL) {
                begin(job);
            }
        }
        follow(reading);
    }

    private void follow(Transaction reading) {
        long ownLook = looks;
        var _ = database.subscribe(
                        reading.readSet(), reading.snapshot().timestampNs(), () -> tasks.add(() -> lookAgain(ownLook)))
                .whenComplete((begun, failure) -> tasks.add(() -> {
                    if (begun == null) {
                        LOG.debug("scheduled functions are no longer followed", failure);
                    } else if (ownLook == looks && !stopped) {
                        subscription = Optional.of(begun);
                    } else {
                        database.unsubscribe(begun);
                    }
                }));
    }

    private void lookAgain(long ownLook) {
        if (ownLook == looks) {
            look();
        }
    }

    private void begin(Job job) {
        Thread thread = Thread.ofVirtual().name("scheduled " + job.path()).unstarted(() -> {
            try {
                run(job);
                tasks.add(() -> ended(job));
            } catch (FunctionBusyException notBegun) {
                LOG.debug("a scheduled function waits [function={}, id={}]", job.path(), job.id(), notBegun);
                tasks.add(() -> putOff(job));
            } catch (InterruptedException interruption) {
                LOG.debug("a scheduled function waits for the next start [id={}]", job.id(), interruption);
            } catch (RuntimeException failure) {
                if (!stopped) {
                    LOG.error(
                            "a scheduled function could not be run [function={}, id={}]",
                            job.path(),
                            job.id(),
                            failure);
                    timer.schedule(FAILURE_PAUSE, () -> tasks.add(() -> ended(job)));
                }
            }
        });
        running.put(job.id(), thread);
        thread.start();
    }

    private void ended(Job job) {
        running.remove(job.id());
        look();
    }

    private void putOff(Job job) {
        if (busy.add(job.path())) {
            LOG.warn("scheduled runs of a function wait for earlier ones to return [function={}]", job.path());
            timer.schedule(
                    BUSY_PAUSE,
                    () -> tasks.add(() -> {
                        busy.remove(job.path());
                        look();
                    }));
        }
        ended(job);
    }

    private void run(Job job) throws InterruptedException {
        FunctionDefinition function;
        try {
            function = functions.requireSchedulable(job.path(), job.arguments(), database.latest()::allowsId);
        } catch (IllegalArgumentException gone) {
            // What could be scheduled may not be there any more after a restart.
            finish(job, Optional.of(String.valueOf(gone.getMessage())));
            return;
        }
        if (function.handler() instanceof FunctionHandler.OfMutation) {
            runMutation(job, function);
        } else {
            runAction(job, function);
        }
    }

    /** Until it is committed, has failed by its own fault or is cancelled. */
    private void runMutation(Job job, FunctionDefinition function) throws InterruptedException {
        MutationOutcome outcome = retryingRefusals(
                job,
                () -> FunctionCalls.await(mutations.runScheduled(
                        function,
                        Caller.anonymous().declaring(function.callerFacts()),
                        job.arguments(),
                        new JobRecord(functions, job.id()),
                        job.id())));
        if (outcome instanceof MutationOutcome.Failed(FunctionResult.Failure failure)) {
            finish(job, Optional.of(failure.message()));
        }
    }

    /** That it begins is committed first, so that it begins once. */
    private void runAction(Job job, FunctionDefinition function) throws InterruptedException {
        if (!transactions.run(transaction -> functions.begin(transaction, job.id()))) {
            return;
        }
        FunctionResult result = retryingRefusals(
                job,
                () -> FunctionCalls.await(
                        actions.run(function, Caller.anonymous(), job.arguments(), Optional.of(job.id()))));
        finish(
                job,
                result instanceof FunctionResult.Failure failure ? Optional.of(failure.message()) : Optional.empty());
    }

    /** A refusal means that the function has not happened, so that it can be tried again. */
    private <T> T retryingRefusals(Job job, Supplier<T> call) throws InterruptedException {
        long waitMs = FIRST_RETRY_MS;
        while (true) {
            try {
                return call.get();
            } catch (RuntimeException failure) {
                FunctionRefusedException refusal =
                        FunctionErrors.asRefusal(failure).orElseThrow(() -> failure);
                if (stopped || refusal.reason() == FunctionRefusedException.Reason.STOPPED) {
                    throw refusal;
                }
                LOG.warn("a scheduled function is tried again [function={}, id={}]", job.path(), job.id(), refusal);
                Thread.sleep(waitMs);
                waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS);
            }
        }
    }

    /** However long it takes: an action that has ended would stay in progress, and its cron with it. */
    private void finish(Job job, Optional<String> error) throws InterruptedException {
        boolean _ = retryingRefusals(
                job,
                () -> transactions.run(transaction -> {
                    functions.finish(transaction, job.id(), error);
                    return true;
                }));
    }

    private void scheduleSweep() {
        timer.schedule(SWEEP_INTERVAL, () -> {
            if (!stopped) {
                scheduleSweep();
                startSweep();
            }
        });
    }

    private void startSweep() {
        if (sweeping.compareAndSet(false, true)) {
            Thread _ = Thread.ofVirtual().name("freshet-scheduled-sweep").start(this::sweep);
        }
    }

    private void sweep() {
        try {
            boolean hasMore = true;
            while (hasMore && !stopped) {
                hasMore = transactions.run(functions::sweep);
            }
        } catch (RuntimeException failure) {
            LOG.warn("scheduled functions that have ended could not be removed", failure);
        } finally {
            sweeping.set(false);
        }
    }

    /** Begins nothing any more and interrupts what waits to be tried again. */
    @Override
    public void close() {
        stopped = true;
        tasks.add(() -> {
            wake.cancel();
            running.values().forEach(Thread::interrupt);
        });
    }

    /** A scheduled mutation's row: it runs while that is pending, and its commit says that it has. */
    private record JobRecord(ScheduledFunctions functions, String id) implements RunRecord {
        @Override
        public Optional<MutationOutcome> find(Transaction transaction) {
            return functions.stateOf(transaction, id).equals(Optional.of(State.PENDING))
                    ? Optional.empty()
                    : Optional.of(new MutationOutcome.Failed(
                            new FunctionResult.Failure("it is no longer pending", Optional.empty())));
        }

        @Override
        public void write(Transaction transaction, ConvexValue result) {
            functions.succeed(transaction, id);
        }
    }
}
