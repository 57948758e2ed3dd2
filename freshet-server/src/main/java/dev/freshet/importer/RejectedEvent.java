package dev.freshet.importer;

/**
 * An event that was not taken.
 *
 * @param code of contract section 3 where the server refused it, else of {@link LineReject.Reason}
 * @param message one sentence
 */
public record RejectedEvent(long lineNumber, String code, String message) {}
