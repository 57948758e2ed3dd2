package dev.freshet.auth;

import dev.freshet.documents.User;

/** What MongoDB says of the member whom a token names. */
public sealed interface Membership {
    /** The member is there and the session open; team, role, address and name are the document's, not the token's. */
    record Present(Caller caller, String email, String name) implements Membership {
        static Present of(User user) {
            return new Present(
                    new Caller(user.id(), user.teamId(), user.role()),
                    user.email().value(),
                    user.name());
        }
    }

    /** There is no such member any more. */
    record Removed() implements Membership {}

    /** The session of the token was signed out, or is gone. */
    record SignedOut() implements Membership {}
}
