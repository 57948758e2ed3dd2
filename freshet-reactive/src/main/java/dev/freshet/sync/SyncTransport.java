package dev.freshet.sync;

/**
 * The sending side of one socket. Called by one thread at a time, though not always the same. Must not block: it hands
 * texts to the socket in the order in which they came.
 */
public interface SyncTransport {
    /**
     * Sends one text frame.
     *
     * @param text the whole message
     * @param flushed to be run once the socket has taken the text, on any thread; until then it counts as unsent
     */
    void send(String text, Runnable flushed);

    /**
     * Closes the socket after all that was sent before.
     *
     * @param code a WebSocket close code
     * @param reason at most 123 bytes
     */
    void close(int code, String reason);
}
