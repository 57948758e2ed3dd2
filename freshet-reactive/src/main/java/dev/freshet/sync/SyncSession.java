package dev.freshet.sync;

import dev.freshet.functions.api.Caller;

/** One socket's side of the Convex protocol. All methods are thread-safe and return at once. */
public interface SyncSession {
    /** Takes one text frame from the client. */
    void receive(String text);

    /** To be called about once a second: sends a Ping when nothing was sent for a while. */
    void tick();

    /** The socket is gone: lets go of everything. */
    void closed();

    /** Closes from our side, as on shutdown; the client connects again, here or elsewhere. */
    void close(CloseReason reason);

    /**
     * The rights of whoever is signed in on this socket have changed: guards are asked again and queries that see the
     * difference run again. Kept until the client authenticates anew.
     */
    void callerChanged(Caller caller);
}
