package dev.freshet.functions;

import dev.freshet.functions.api.ActionContext;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.DeclaredCaller;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionHandler;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Randomness;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/** Runs actions, each on a virtual thread, so many at a moment and each for so long. Thread-safe. */
final class ActionRunner implements AutoCloseable {
    private final FunctionCalls calls;
    private final FunctionBodies bodies;
    private final FunctionErrors errors;
    private final Clock clock;
    private final Randomness randomness;
    private final Timer timer;
    private final Duration limit;
    private final Semaphore permits;
    private final OwnTransactions transactions;
    private final ScheduledFunctions scheduled;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    /** The rows of scheduled functions whose threads have not ended. */
    private final Set<String> scheduledRuns = ConcurrentHashMap.newKeySet();

    ActionRunner(
            FunctionCalls calls,
            FunctionBodies bodies,
            FunctionErrors errors,
            Clock clock,
            Randomness randomness,
            Timer timer,
            Duration limit,
            int parallel,
            OwnTransactions transactions,
            ScheduledFunctions scheduled) {
        this.calls = calls;
        this.bodies = bodies;
        this.errors = errors;
        this.clock = clock;
        this.randomness = randomness;
        this.timer = timer;
        this.limit = limit;
        this.permits = new Semaphore(parallel);
        this.transactions = transactions;
        this.scheduled = scheduled;
    }

    /**
     * Runs the action; the future fails only with {@link FunctionRefusedException}, when it has not begun.
     *
     * @param scheduledBy the row of the scheduled function that it is
     */
    CompletableFuture<FunctionResult> run(
            FunctionDefinition function, Caller caller, ConvexObject arguments, Optional<String> scheduledBy) {
        if (!permits.tryAcquire()) {
            return CompletableFuture.failedFuture(new FunctionRefusedException(
                    FunctionRefusedException.Reason.EXECUTE_FULL, "more actions run than may"));
        }
        CompletableFuture<FunctionResult> done = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("action " + function.path()).unstarted(() -> {
            FunctionResult result;
            try {
                result = runHere(function, new Context(caller, function, scheduledBy), arguments);
            } catch (Error failure) {
                done.complete(errors.ofThrown(function.path().toString(), failure));
                throw failure;
            } finally {
                scheduledBy.ifPresent(scheduledRuns::remove);
                threads.remove(Thread.currentThread());
                permits.release();
            }
            done.complete(result);
        });
        scheduledBy.ifPresent(scheduledRuns::add);
        threads.add(thread);
        thread.start();
        Timer.Cancellable deadline = timer.schedule(limit, () -> {
            done.complete(errors.ofThrown(function.path().toString(), new FunctionTimeoutException()));
            thread.interrupt();
        });
        return done.whenComplete((result, failure) -> deadline.cancel());
    }

    /** Whether the scheduled function of this row still runs here, though it may have been given up. */
    boolean isRunning(String scheduledId) {
        return scheduledRuns.contains(scheduledId);
    }

    private FunctionResult runHere(FunctionDefinition function, Context context, ConvexObject arguments) {
        try {
            return new FunctionResult.Success(runBody(function, context, arguments));
        } catch (Exception | StackOverflowError thrown) {
            return errors.ofThrown(function.path().toString(), thrown);
        }
    }

    private static ConvexValue runBody(FunctionDefinition function, Context context, ConvexObject arguments)
            throws Exception {
        if (!(function.handler() instanceof FunctionHandler.OfAction body)) {
            throw new IllegalArgumentException(function.path() + " is not an action");
        }
        return FunctionBodies.checked(function, body.handler().run(context, arguments));
    }

    /** Interrupts what runs. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    private final class Context implements ActionContext {
        private final Caller whole;
        private final DeclaredCaller declared;
        private final Optional<String> scheduledBy;

        Context(Caller whole, FunctionDefinition function, Optional<String> scheduledBy) {
            this.whole = whole;
            this.declared = whole.declaring(function.callerFacts());
            this.scheduledBy = scheduledBy;
        }

        @Override
        public DeclaredCaller caller() {
            return declared;
        }

        @Override
        public Instant now() {
            return Instant.ofEpochMilli(clock.epochMs());
        }

        @Override
        public RandomGenerator random() {
            return randomness.generator();
        }

        @Override
        public Scheduler scheduler() {
            return new ActionScheduler(transactions, scheduled, scheduledBy);
        }

        @Override
        public ConvexValue runQuery(String path, ConvexObject arguments) {
            return calls.queryFromWithin(path, arguments, whole);
        }

        @Override
        public ConvexValue runMutation(String path, ConvexObject arguments) {
            return calls.mutationFromWithin(path, arguments, whole, scheduledBy);
        }

        @Override
        public ConvexValue runAction(String path, ConvexObject arguments) {
            FunctionDefinition nested = bodies.nested(path, arguments, calls.latest()::allowsId);
            try {
                return runBody(nested, new Context(whole, nested, scheduledBy), arguments);
            } catch (RuntimeException failure) {
                throw failure;
            } catch (Exception failure) {
                throw new FunctionBodies.NestedCallException(path, failure);
            }
        }
    }
}
