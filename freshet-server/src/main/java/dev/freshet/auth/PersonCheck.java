package dev.freshet.auth;

/** The outcome of looking at a token of a trusted issuer. */
public sealed interface PersonCheck {
    /** The token is good. */
    record Accepted(PersonToken token) implements PersonCheck {}

    /** The token is no good; the message may be told to the client. */
    record Refused(String code, String message) implements PersonCheck {}

    /** The issuer's keys cannot be had now, so that nothing can be said of the token. */
    record Unavailable(String message) implements PersonCheck {}
}
