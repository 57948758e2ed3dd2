package dev.freshet.ingest;

import java.time.Duration;
import java.util.concurrent.CompletionException;

/** A request was refused as a whole; nothing of it was taken unless {@link Code#UNAVAILABLE} says otherwise. */
public final class IngestException extends RuntimeException {
    /** Why; HTTP maps each to one status. */
    public enum Code {
        /** 413: the body, packed or unpacked, is over the limit. */
        BODY_TOO_LARGE,
        /** 429: too much is on its way to the disk already. */
        OVERLOADED,
        /** 429: the write key sends more events a second than it may. */
        OVER_QUOTA,
        /**
         * 503: events cannot be made durable now. After a failed sync some may be on the disk all the same, so the sender
         * should repeat the request with the same event ids.
         */
        UNAVAILABLE
    }

    private final Code code;
    private final Duration retryAfter;

    public IngestException(Code code, String message, Duration retryAfter) {
        super(message);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    IngestException(Code code, String message, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** What a stage failed with: stages that depend on another wrap what that one failed with. */
    public static Throwable causeOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    public Code code() {
        return code;
    }

    /** When trying again makes sense; zero where it never does. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
