package dev.freshet.event;

/** A block would have become larger than its builder may make it; nothing was allocated for that. */
public final class RowsTooLargeException extends RuntimeException {
    private final int mostBytes;

    RowsTooLargeException(int mostBytes) {
        super("a block of rows would pass " + mostBytes + " bytes", null, false, false);
        this.mostBytes = mostBytes;
    }

    public int mostBytes() {
        return mostBytes;
    }
}
