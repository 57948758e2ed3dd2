package dev.freshet.chdb;

import java.util.concurrent.atomic.AtomicReference;

/** Cancels one statement from any thread, before or while it runs. For one statement only. */
public final class Cancellation {
    private sealed interface State {
        record Idle() implements State {}

        record Claimed() implements State {}

        record Running(Runnable kill) implements State {}

        record Cancelled() implements State {}
    }

    private final AtomicReference<State> state = new AtomicReference<>(new State.Idle());

    /**
     * Asks the statement to end, without waiting for it; it fails with the code QUERY_WAS_CANCELLED unless it was done
     * already.
     */
    public void cancel() {
        if (state.getAndSet(new State.Cancelled()) instanceof State.Running(Runnable kill)) {
            kill.run();
        }
    }

    public boolean isCancelled() {
        return state.get() instanceof State.Cancelled;
    }

    /**
     * Binds this to its statement.
     *
     * @throws ChdbException QUERY_WAS_CANCELLED when it was cancelled before
     * @throws IllegalStateException when another statement has it
     */
    void claim() {
        State current = state.get();
        if (!(current instanceof State.Idle) || !state.compareAndSet(current, new State.Claimed())) {
            if (isCancelled()) {
                throw Chdb.cancelled();
            }
            throw new IllegalStateException("a Cancellation is for one statement only");
        }
    }

    /** From here on {@code kill} ends the statement; runs it at once when the statement was cancelled meanwhile. */
    void begin(Runnable kill) {
        State current = state.get();
        if (!(current instanceof State.Claimed) || !state.compareAndSet(current, new State.Running(kill))) {
            kill.run();
        }
    }
}
