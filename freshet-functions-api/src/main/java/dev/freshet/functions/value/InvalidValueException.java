package dev.freshet.functions.value;

import java.util.Objects;

/** A value that cannot be: ill-formed, past a limit, or not of the type that was asked for. */
public sealed class InvalidValueException extends IllegalArgumentException permits ValueTooLargeException {
    private static final long serialVersionUID = 1L;

    /** The message says what is wrong in one sentence. */
    public InvalidValueException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
