package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A query that the server's own code follows. Closing it ends the calls of its listener. Thread-safe. */
public final class QuerySubscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuerySubscription.class);

    private final FunctionCalls calls;
    private final SerialTasks tasks;
    private final Consumer<FunctionResult> listener;
    /** These three by tasks only. */
    private Optional<QueryWatch> watch = Optional.empty();

    private Optional<UUID> lastDigest = Optional.empty();
    private boolean closed;

    private QuerySubscription(FunctionCalls calls, Executor executor, Consumer<FunctionResult> listener) {
        this.calls = calls;
        this.tasks = new SerialTasks(executor);
        this.listener = listener;
    }

    static QuerySubscription start(
            FunctionCalls calls,
            Executor executor,
            String path,
            ConvexObject arguments,
            Caller caller,
            Consumer<FunctionResult> listener) {
        QuerySubscription subscription = new QuerySubscription(calls, executor, listener);
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
                            LOG.warn("a query that the server follows could not be run", failure);
                        } else {
                            deliver(evaluation);
                        }
                    }));
        }
    }

    private void deliver(Evaluation evaluation) {
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
