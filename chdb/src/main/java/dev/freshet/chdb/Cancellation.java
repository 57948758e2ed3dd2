package dev.freshet.chdb;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Cancels one statement from any thread, before or while it runs. For one statement only. */
public final class Cancellation {
    private sealed interface State {
        record Idle() implements State {}

        record Running(Runnable kill) implements State {}

        record Cancelled() implements State {}
    }

    private final AtomicReference<State> state = new AtomicReference<>(new State.Idle());

    /** Asks the statement to end; it fails with the code QUERY_WAS_CANCELLED unless it was done already. */
    public void cancel() {
        if (state.getAndSet(new State.Cancelled()) instanceof State.Running(Runnable kill)) {
            kill.run();
        }
    }

    public boolean isCancelled() {
        return state.get() instanceof State.Cancelled;
    }

    /** @return false when it was cancelled before it began */
    boolean begin(Runnable kill) {
        State current = state.get();
        return current instanceof State.Idle && state.compareAndSet(current, new State.Running(kill));
    }

    static boolean begin(Optional<Cancellation> cancellation, Runnable kill) {
        return cancellation.map(handle -> handle.begin(kill)).orElse(true);
    }
}
