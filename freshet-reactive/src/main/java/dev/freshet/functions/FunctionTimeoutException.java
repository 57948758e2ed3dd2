package dev.freshet.functions;

/** A function used up its time. */
final class FunctionTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FunctionTimeoutException() {
        super("the function used up its time");
    }
}
