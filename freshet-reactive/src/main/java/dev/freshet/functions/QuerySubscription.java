package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A query that the server's own code follows. Closing it ends the calls of its listener. Thread-safe. */
public final class QuerySubscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuerySubscription.class);

    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final FunctionCalls calls;
    private final Timer timer;
    private final SerialTasks tasks;
    private final Consumer<FunctionResult> listener;
    /** From here on by tasks only. */
    private Optional<QueryWatch> watch = Optional.empty();

    private Optional<UUID> lastDigest = Optional.empty();
    private long lastRanAtNs = Long.MIN_VALUE;
    private boolean closed;

    private QuerySubscription(FunctionCalls calls, Timer timer, Executor executor, Consumer<FunctionResult> listener) {
        this.calls = calls;
        this.timer = timer;
        this.tasks = new SerialTasks(executor);
        this.listener = listener;
    }

    static QuerySubscription start(
            FunctionCalls calls,
            Timer timer,
            Executor executor,
            String path,
            ConvexObject arguments,
            Caller caller,
            Consumer<FunctionResult> listener) {
        QuerySubscription subscription = new QuerySubscription(calls, timer, executor, listener);
        subscription.tasks.add(() -> {
            subscription.watch =
                    Optional.of(calls.watch(path, arguments, caller, Optional.empty(), subscription::changed));
            subscription.refresh();
        });
        return subscription;
    }

    private void changed() {
        tasks.add(this::refresh);
    }

    private void refresh() {
        if (!closed && watch.isPresent()) {
            var _ = watch.get()
                    .at(calls.latest())
                    .whenComplete((evaluation, failure) -> tasks.add(() -> {
                        if (failure != null) {
                            retry(failure);
                        } else {
                            deliver(evaluation);
                        }
                    }));
        }
    }

    /** Nothing was subscribed to, so that no commit would have it run again. */
    private void retry(Throwable failure) {
        if (!closed) {
            LOG.warn("a query that the server follows could not be run and will be tried again", failure);
            Timer.Cancellable ignored = timer.schedule(RETRY_DELAY, this::changed);
        }
    }

    private void deliver(Evaluation evaluation) {
        // Two answers under way at once may arrive in either order; the older one is of no more use.
        if (evaluation.ranAtNs() < lastRanAtNs) {
            return;
        }
        lastRanAtNs = evaluation.ranAtNs();
        if (!closed && !lastDigest.equals(Optional.of(evaluation.digest()))) {
            lastDigest = Optional.of(evaluation.digest());
            listener.accept(evaluation.result());
        }
    }

    @Override
    public void close() {
        tasks.add(() -> {
            closed = true;
            watch.ifPresent(QueryWatch::detach);
        });
    }
}
