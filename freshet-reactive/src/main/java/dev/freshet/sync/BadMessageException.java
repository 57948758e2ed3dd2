package dev.freshet.sync;

import java.util.Objects;

/** A client's message breaks the protocol. The client is told so in a FatalError and gives up. */
final class BadMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadMessageException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
