package dev.freshet.ingest;

/** A body needs more memory than bodies have that are decoded beside others; nothing of it was taken. */
public final class LargeBodyException extends RuntimeException {
    LargeBodyException() {
        super("the body is to be decoded alone", null, false, false);
    }
}
