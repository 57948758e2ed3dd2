package dev.freshet.eventlog;

/** The event log, or a file of its kind, could not do what was asked; {@link #code} says what class of failure it is. */
public final class EventLogException extends RuntimeException {
    /** The classes of failure; stable, for callers to decide on and for metrics. */
    public enum Code {
        /** Another process or another instance holds the folder. */
        LOCKED,
        /** Bytes that were synced are not what was written. */
        CORRUPT,
        /** The position asked for was trimmed away. */
        TRIMMED,
        /** The log's own limit or the disk's reserve is reached; trimming or freeing space mends it. Nothing was written. */
        FULL,
        /** An earlier write or sync failed, so that what is on disk is unknown until the log is opened again. */
        FAILED,
        /** Used after close. */
        CLOSED,
        /** The file system refused. */
        INPUT_OUTPUT
    }

    private final Code code;

    EventLogException(Code code, String message) {
        super(message);
        this.code = code;
    }

    EventLogException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
