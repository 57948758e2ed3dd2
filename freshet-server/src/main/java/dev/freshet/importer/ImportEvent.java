package dev.freshet.importer;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One event on its way to the server.
 *
 * @param eventId the idempotency key in {@code json}; empty where the line brings one that is no UUID, which the server
 *     will refuse
 * @param timestamp the time in {@code json}; empty where the line has none or none that can be read, so that the server
 *     decides
 * @param json the event as one line of NDJSON, without the line feed
 */
public record ImportEvent(long lineNumber, Optional<UUID> eventId, Optional<Instant> timestamp, String json)
        implements SourceItem {}
