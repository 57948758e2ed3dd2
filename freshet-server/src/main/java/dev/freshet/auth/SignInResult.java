package dev.freshet.auth;

import java.time.Duration;

/** The outcome of a sign-in or a refresh. */
public sealed interface SignInResult {
    /** Signed in. */
    record SignedIn(IssuedToken token, Caller caller) implements SignInResult {}

    /** Wrong password, no such account, or a session that is over: all the same to whoever asks. */
    record Refused(String message) implements SignInResult {}

    /** Too many failures, or too many sign-ins at once: not judged; ask again after this time. */
    record TryLater(String message, Duration retryAfter) implements SignInResult {}
}
