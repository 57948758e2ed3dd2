package dev.freshet.functions;

/** Earlier runs of the function have not returned though their time is up, so another one is not begun. */
final class FunctionBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FunctionBusyException() {
        super("earlier runs of the function have not returned, so it is not begun again");
    }
}
