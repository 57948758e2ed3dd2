package dev.freshet.reactive;

import java.util.Objects;

/** A refusal or failure of the database, with a code that does not change. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** The message is one sentence. */
    public DatabaseException(Code code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** The message is one sentence. */
    public DatabaseException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /** The kind of failure. */
    public Code code() {
        return code;
    }

    /** The kinds of failure. */
    public enum Code {
        /** More commits wait than may. */
        COMMITTER_FULL,
        /** The transaction reads or writes more than one may. */
        TRANSACTION_TOO_LARGE,
        /** The function used up its time. */
        TRANSACTION_TOO_SLOW,
        /** The database has been stopped. */
        STOPPED,
        /** The commit could not be made durable and was taken back; it may be tried again. */
        STORAGE_FAILED
    }
}
