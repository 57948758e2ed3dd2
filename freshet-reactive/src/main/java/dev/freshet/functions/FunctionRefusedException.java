package dev.freshet.functions;

import java.util.Objects;

/**
 * The system, not the function, is why a call did not happen: it may be tried again. A client's socket is closed with
 * the matching reason, an HTTP call answered 503.
 */
public final class FunctionRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The message is one sentence. */
    public FunctionRefusedException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** The message is one sentence. */
    public FunctionRefusedException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** Why the system refused. */
    public enum Reason {
        /** More calls wait for a thread than may. */
        EXECUTE_FULL,
        /** More commits wait than may. */
        COMMITTER_FULL,
        /** The call took too long in all. */
        SYSTEM_TIMEOUT,
        /** The runtime is stopping. */
        STOPPED,
        /** The timestamp asked for is no longer kept. */
        OUT_OF_RETENTION,
        /** The disk did not keep it; it has not happened. */
        STORAGE_FAILED,
        /** Something of ours failed. */
        INTERNAL
    }
}
