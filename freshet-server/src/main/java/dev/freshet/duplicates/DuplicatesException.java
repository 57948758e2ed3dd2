package dev.freshet.duplicates;

/** The index of event ids could not do what was asked; {@link #code} says what class of failure it is. */
public final class DuplicatesException extends RuntimeException {
    /** The classes of failure. */
    public enum Code {
        /** Bytes on the disk are not what was written. Opening it anew discards it; it must then be filled again. */
        CORRUPT,
        /** The memory or disk allowed is too small for what must be known. */
        NO_ROOM,
        /** The file system refused. */
        INPUT_OUTPUT
    }

    private final Code code;

    DuplicatesException(Code code, String message) {
        super(message);
        this.code = code;
    }

    DuplicatesException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
