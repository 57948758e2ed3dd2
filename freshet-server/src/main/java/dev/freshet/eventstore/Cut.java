package dev.freshet.eventstore;

/** A range of log positions, both ends included, that is one batch for ever: it is never cut another way. */
record Cut(long first, long last) {
    Cut {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("no range: " + first + " to " + last);
        }
    }
}
