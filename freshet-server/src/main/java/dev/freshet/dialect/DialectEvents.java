package dev.freshet.dialect;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.ingest.DecodedEvents;
import java.util.Objects;

/** What a request brings, and by which key. */
public record DialectEvents(WriteKeyGrant grant, DecodedEvents events) {
    public DialectEvents {
        Objects.requireNonNull(grant, "grant");
        Objects.requireNonNull(events, "events");
    }

    public String teamId() {
        return grant.teamId();
    }
}
