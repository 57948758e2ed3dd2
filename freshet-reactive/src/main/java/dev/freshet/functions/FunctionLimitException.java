package dev.freshet.functions;

/** A function went past a limit of ours; clients are told the message, which holds nothing of the function's. */
final class FunctionLimitException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    FunctionLimitException(String message) {
        super(message);
    }
}
