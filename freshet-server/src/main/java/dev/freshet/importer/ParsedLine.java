package dev.freshet.importer;

/** What {@link CombinedLogParser} makes of a line. */
public sealed interface ParsedLine {
    /** The line is a request. */
    record Request(AccessLogLine line) implements ParsedLine {}

    /** The line is none. */
    record Rejected(LineReject reject) implements ParsedLine {}
}
