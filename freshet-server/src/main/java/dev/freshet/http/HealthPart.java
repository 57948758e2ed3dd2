package dev.freshet.http;

import java.util.function.Supplier;

/**
 * One part of the server as {@code /readyz} shows it.
 *
 * @param name such as {@code event_store}
 * @param state asked on an event loop at each request: it must not block, only look at what the part knows of itself
 */
public record HealthPart(String name, Supplier<State> state) {
    /**
     * @param isReady whether the part can do its work now
     * @param detail one phrase for a person, such as {@code "12 events behind"}
     */
    public record State(boolean isReady, String detail) {
        public static State ready(String detail) {
            return new State(true, detail);
        }

        public static State notReady(String detail) {
            return new State(false, detail);
        }
    }
}
