package dev.freshet.ingest;

import java.util.List;

/** The answer to a request whose events were looked at; what was accepted, or repeats what was, is durable. */
public record IngestReply(int accepted, int duplicates, List<Reject> rejected) {
    public IngestReply {
        rejected = List.copyOf(rejected);
    }

    /** 202 where at least one event was valid, a repeat counting as valid; else 400. */
    public int status() {
        return accepted + duplicates > 0 ? 202 : 400;
    }
}
