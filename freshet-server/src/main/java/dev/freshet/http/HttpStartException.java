package dev.freshet.http;

/** The HTTP port cannot be had; the message says which and what to do. */
public final class HttpStartException extends RuntimeException {
    HttpStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
