package dev.freshet.ingest;

import dev.freshet.event.EventRows;
import java.util.List;
import java.util.Objects;

/**
 * What a request brings, not stamped yet.
 *
 * @param rows its valid events, what it says about people, and its dead letters, in the order of the request
 * @param deadLetters how many of the rows are dead letters, or others that are not told as accepted
 * @param rejected why events are not among the rows; told to the sender
 * @param sent which rows have ids and times of the sender's
 */
public record DecodedEvents(EventRows rows, int deadLetters, List<Reject> rejected, SentMarks sent) {
    public DecodedEvents {
        Objects.requireNonNull(rows, "rows");
        Objects.requireNonNull(sent, "sent");
        rejected = List.copyOf(rejected);
    }

    /** Where it is not known which ids and times are the sender's. */
    public DecodedEvents(EventRows rows, int deadLetters, List<Reject> rejected) {
        this(rows, deadLetters, rejected, SentMarks.unknown(rows.count()));
    }

    /** Without dead letters. */
    public DecodedEvents(EventRows rows, List<Reject> rejected) {
        this(rows, 0, rejected);
    }
}
