package dev.freshet.dialect;

import dev.freshet.ingest.DecodedEvents;
import java.util.Objects;

/** What a request brings, and for whom. */
public record DialectEvents(String teamId, DecodedEvents events) {
    public DialectEvents {
        Objects.requireNonNull(teamId, "teamId");
        Objects.requireNonNull(events, "events");
    }
}
