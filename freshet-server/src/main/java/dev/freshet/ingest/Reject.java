package dev.freshet.ingest;

import dev.freshet.event.RejectCode;
import java.util.Objects;

/**
 * One event that was not taken.
 *
 * @param index its place among the events of the request, from 0; in NDJSON blank lines do not count
 * @param message names the field and the mend, in one sentence
 */
public record Reject(int index, RejectCode code, String message) {
    public Reject {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
    }
}
