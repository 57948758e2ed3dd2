package dev.freshet.cli;

/** Ends a command with one sentence on stderr that names the cause and the mend. */
final class CommandFailure extends RuntimeException {
    private final boolean isWrongUsage;

    CommandFailure(String message) {
        super(message);
        isWrongUsage = false;
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
        isWrongUsage = false;
    }

    private CommandFailure(String message, boolean isWrongUsage) {
        super(message);
        this.isWrongUsage = isWrongUsage;
    }

    /** The command line asks for what there is not. */
    static CommandFailure wrongUsage(String message) {
        return new CommandFailure(message, true);
    }

    /** Whether the exit code is that of wrong usage, and not of a failure. */
    boolean isWrongUsage() {
        return isWrongUsage;
    }
}
