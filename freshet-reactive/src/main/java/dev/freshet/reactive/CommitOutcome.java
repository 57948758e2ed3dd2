package dev.freshet.reactive;

/** What became of a transaction. */
public sealed interface CommitOutcome {
    /** It is visible in every snapshot from this timestamp on. */
    record Committed(long timestampNs) implements CommitOutcome {}

    /** A commit after its snapshot wrote what it had read; it has to run again. */
    record Conflict() implements CommitOutcome {}
}
