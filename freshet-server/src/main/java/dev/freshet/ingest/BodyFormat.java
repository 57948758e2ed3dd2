package dev.freshet.ingest;

/** How a request's events are laid out; the sender says so by its content type. */
public enum BodyFormat {
    /** One event, an array of events, or {@code {"batch":[…]}}. */
    JSON,
    /** One event a line. */
    NDJSON
}
