package dev.freshet.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * Tells long strings before a parser takes them into memory, where they need up to eight bytes a character: none is longer in any
 * field that is kept, and what is stepped over is not taken. Confined to one thread.
 */
public final class LongTexts {
    /** As it is written. */
    public static final int MOST_BYTES = 1 << 20;

    /** For parsers of bodies: names and numbers that are longer are faults of the syntax. */
    public static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(1_000)
            .maxStringLength(MOST_BYTES)
            .maxNameLength(MOST_BYTES)
            .maxNumberLength(MOST_BYTES)
            .build();

    private final byte[] body;
    private int parserStart;

    public LongTexts(byte[] body) {
        this.body = body;
    }

    /** Says where in the body byte 0 of the parser is that comes next. */
    public void parserStartsAt(int bodyOffset) {
        parserStart = bodyOffset;
    }

    /** Whether the string that the parser came to, and whose text nobody asked it for, is over {@link #MOST_BYTES}. */
    public boolean isLong(JsonParser parser) {
        if (body.length <= MOST_BYTES) {
            return false;
        }
        int start = parserStart + Math.toIntExact(parser.currentTokenLocation().getByteOffset()) + 1;
        int end = Math.min(start + MOST_BYTES, body.length);
        for (int at = start; at < end; at++) {
            if (body[at] == '"') {
                return false;
            }
            if (body[at] == '\\') {
                at++;
            }
        }
        return end - start == MOST_BYTES;
    }
}
