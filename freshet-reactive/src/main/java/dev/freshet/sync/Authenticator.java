package dev.freshet.sync;

/** Verifies tokens. May block; called on a virtual thread, by several at a time. */
@FunctionalInterface
public interface Authenticator {
    /** Says who the token stands for. */
    Authentication authenticate(AuthToken token);
}
