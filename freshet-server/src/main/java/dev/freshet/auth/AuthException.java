package dev.freshet.auth;

import java.util.Objects;

/** Something about sign-in could not be done, through no fault of the person's; {@link #code} is stable. */
public final class AuthException extends RuntimeException {
    /** The classes of failure a caller can act upon. */
    public enum Code {
        /** More passwords are being checked than memory is set aside for; try again in a second. */
        BUSY,
        /** The file with the private signing key cannot be read or written. */
        UNUSABLE_KEY_FILE,
        /** A token could not be signed: the platform lacks the algorithm, or the key is broken. */
        SIGNING_FAILED,
        /** A given password or key cannot be used: empty, or longer than allowed. */
        UNUSABLE_SECRET
    }

    private final Code code;

    public AuthException(Code code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    public AuthException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public Code code() {
        return code;
    }
}
