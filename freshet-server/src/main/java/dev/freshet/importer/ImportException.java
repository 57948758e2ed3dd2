package dev.freshet.importer;

import java.io.Serial;

/** Why an import cannot go on; the message is one sentence that names the cause and, where there is one, the mend. */
public final class ImportException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The class of the failure; stable, other than the message. */
    public enum Code {
        UNREADABLE_FILE,
        UNSUPPORTED_FORMAT,
        STATE_UNUSABLE,
        /** The server did not take a batch within the time that the poster was given. */
        SERVER_UNAVAILABLE,
        KEY_REFUSED,
        REQUEST_REFUSED,
        REPLY_NOT_UNDERSTOOD
    }

    private final Code code;

    public ImportException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public ImportException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
