package dev.freshet.ingest;

import java.util.BitSet;

/**
 * Which rows of a request have an id, and a time, exactly as the sender gave them. An id that the server made cannot be repeated
 * by anybody; a time that was defaulted, clamped or corrected says nothing about when its event can have come before.
 */
public final class SentMarks {
    private final BitSet ids = new BitSet();
    private final BitSet times = new BitSet();

    /** For rows of which nothing is known: every id may be the sender's, no time is. Always right, but costs more. */
    static SentMarks unknown(int rows) {
        SentMarks marks = new SentMarks();
        marks.ids.set(0, rows);
        return marks;
    }

    /** @param row counted from 0 */
    public void add(int row, boolean isIdSent, boolean isTimeSent) {
        ids.set(row, isIdSent);
        times.set(row, isTimeSent);
    }

    public boolean isIdSent(int row) {
        return ids.get(row);
    }

    public boolean isTimeSent(int row) {
        return times.get(row);
    }
}
