package dev.freshet.functions.value;

/** A value is larger or deeper than its place allows; the message says how much, and nothing of what is in it. */
public final class ValueTooLargeException extends InvalidValueException {
    private static final long serialVersionUID = 1L;

    /** The message says in one sentence what is too large and what is allowed. */
    public ValueTooLargeException(String message) {
        super(message);
    }
}
