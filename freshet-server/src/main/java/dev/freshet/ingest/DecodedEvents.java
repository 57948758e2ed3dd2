package dev.freshet.ingest;

import dev.freshet.event.EventRows;
import java.util.List;
import java.util.Objects;

/** The valid events of a request, not stamped yet, and why the others are not among them. */
public record DecodedEvents(EventRows rows, List<Reject> rejected) {
    public DecodedEvents {
        Objects.requireNonNull(rows, "rows");
        rejected = List.copyOf(rejected);
    }
}
