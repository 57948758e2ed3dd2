package dev.freshet.arrivals;

import dev.freshet.event.DeadLetter;

/** A dead letter and where it stands in the order of its team's. */
public record KeptLetter(DeadLetter letter, LetterPlace place) {
    private static final long OBJECT_BYTES = 512;

    /** About what it takes in memory, two bytes a character at most. */
    long bytes() {
        return OBJECT_BYTES + 2L * (letter.body().length() + letter.message().length());
    }
}
