package dev.freshet.cli;

/** Ends a command with exit code 1 and one sentence on stderr that names the cause and the mend. */
final class CommandFailure extends RuntimeException {
    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
