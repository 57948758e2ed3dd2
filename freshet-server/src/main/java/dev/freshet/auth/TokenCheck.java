package dev.freshet.auth;

/** The outcome of looking at a token. */
public sealed interface TokenCheck {
    /** The token is this server's, in force, and says this. */
    record Accepted(VerifiedToken token) implements TokenCheck {}

    /** The token is refused; the fault is for logs and metrics, and may be told to the client. */
    record Refused(TokenFault fault) implements TokenCheck {}
}
