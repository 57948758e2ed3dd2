package dev.freshet.functions;

/** A function that other code called has failed, not with a ConvexError. */
public final class FunctionFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FunctionFailedException(String path, String message) {
        super(path + " failed: " + message);
    }
}
