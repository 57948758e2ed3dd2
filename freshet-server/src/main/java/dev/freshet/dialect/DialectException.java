package dev.freshet.dialect;

import java.util.Objects;

/** A request was refused as a whole; nothing of it was taken. */
public final class DialectException extends Exception {
    /** Why; HTTP maps each to one status a dialect. */
    public enum Code {
        /** The body is no JSON of the dialect. */
        INVALID_BODY,
        /** There is no key, or nobody's. */
        UNKNOWN_KEY,
        /** Too many bytes or too many events. */
        TOO_LARGE
    }

    private final Code code;

    DialectException(Code code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    DialectException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public Code code() {
        return code;
    }
}
