package dev.freshet.reactive;

/**
 * A commit that happened.
 *
 * @param timestampNs the commit's timestamp, nanoseconds since the epoch; each is greater than all before it
 */
public record CommitResult(long timestampNs) {}
