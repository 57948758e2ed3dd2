package dev.freshet.importer;

/** What a file gives for one line: an event, or the reason why it gives none. */
public sealed interface SourceItem permits ImportEvent, LineReject {
    /** From 1. */
    long lineNumber();
}
