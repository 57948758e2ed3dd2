package dev.freshet.sync;

import java.util.Objects;

/** A client's message breaks the protocol. The client is told so in a FatalError and gives up. */
final class BadMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    BadMessageException(String message) {
        this("BadRequest", message);
    }

    BadMessageException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** What is wrong, as the HTTP API names it. */
    String code() {
        return code;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
