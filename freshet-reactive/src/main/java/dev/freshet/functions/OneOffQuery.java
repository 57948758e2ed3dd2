package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.reactive.Snapshot;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a query once. If it needs rows that a provider has not made yet, watching it is what makes the provider begin; the
 * answer then waits for them, but not for longer than a given time.
 */
final class OneOffQuery {
    private final Watching watching;
    private final Supplier<Snapshot> latest;
    private final Timer timer;
    private final Duration absentDemandWait;

    OneOffQuery(Watching watching, Supplier<Snapshot> latest, Timer timer, Duration absentDemandWait) {
        this.watching = watching;
        this.latest = latest;
        this.timer = timer;
        this.absentDemandWait = absentDemandWait;
    }

    /** See {@link FunctionCalls#watch}. */
    @FunctionalInterface
    interface Watching {
        QueryWatch watch(
                String path, ConvexObject arguments, Caller caller, Optional<String> journal, Runnable watcher);
    }

    CompletableFuture<FunctionResult> run(String path, ConvexObject arguments, Caller caller) {
        CompletableFuture<FunctionResult> done = new CompletableFuture<>();
        Attempt attempt = new Attempt(done);
        QueryWatch watch = watching.watch(path, arguments, caller, Optional.empty(), attempt::ask);
        attempt.begin(watch);
        return done.whenComplete((result, failure) -> attempt.end());
    }

    private final class Attempt {
        private final CompletableFuture<FunctionResult> done;
        private volatile Optional<QueryWatch> watch = Optional.empty();
        private volatile boolean deadlinePassed;
        private boolean waiting;
        private volatile Timer.Cancellable deadline = () -> {};

        Attempt(CompletableFuture<FunctionResult> done) {
            this.done = done;
        }

        void begin(QueryWatch started) {
            watch = Optional.of(started);
            ask();
        }

        void ask() {
            Optional<QueryWatch> present = watch;
            if (present.isPresent() && !done.isDone()) {
                var _ = present.get().exactlyAt(latest.get()).whenComplete(this::answer);
            }
        }

        private void answer(@Nullable Evaluation evaluation, @Nullable Throwable failure) {
            if (failure != null) {
                done.completeExceptionally(FunctionErrors.unwrap(failure));
            } else if (evaluation != null && (evaluation.absent().isEmpty() || deadlinePassed)) {
                done.complete(evaluation.result());
            } else {
                waitOnce();
            }
        }

        private synchronized void waitOnce() {
            if (!done.isDone() && !waiting) {
                waiting = true;
                deadline = timer.schedule(absentDemandWait, () -> {
                    deadlinePassed = true;
                    ask();
                });
            }
        }

        void end() {
            deadline.cancel();
            watch.ifPresent(QueryWatch::detach);
        }
    }
}
