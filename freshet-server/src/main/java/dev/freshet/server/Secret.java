package dev.freshet.server;

/**
 * A value that must not be shown: {@link #toString} hides it, so that it cannot reach a log by being part of a record.
 */
public record Secret(String value) {
    @Override
    public String toString() {
        return "(hidden)";
    }
}
