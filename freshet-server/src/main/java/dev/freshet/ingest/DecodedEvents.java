package dev.freshet.ingest;

import dev.freshet.event.EventRows;
import java.util.List;
import java.util.Objects;

/**
 * What a request brings, not stamped yet.
 *
 * @param rows its valid events, what it says about people, and its dead letters, in the order of the request
 * @param deadLetters how many of the rows are dead letters
 * @param rejected why events are not among the rows; told to the sender
 */
public record DecodedEvents(EventRows rows, int deadLetters, List<Reject> rejected) {
    public DecodedEvents {
        Objects.requireNonNull(rows, "rows");
        rejected = List.copyOf(rejected);
    }

    /** Without dead letters. */
    public DecodedEvents(EventRows rows, List<Reject> rejected) {
        this(rows, 0, rejected);
    }
}
