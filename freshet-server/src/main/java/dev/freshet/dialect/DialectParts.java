package dev.freshet.dialect;

import dev.freshet.ingest.EventIds;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the decoders share.
 *
 * @param teamOfKey the team that a write key belongs to; must not block
 * @param retention how old an event may be
 */
public record DialectParts(
        Function<String, Optional<String>> teamOfKey,
        Duration retention,
        MappingTable table,
        BrowserSessions sessions,
        EventIds eventIds,
        DialectMetrics metrics) {
    public DialectParts {
        Objects.requireNonNull(teamOfKey, "teamOfKey");
        Objects.requireNonNull(retention, "retention");
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(eventIds, "eventIds");
        Objects.requireNonNull(metrics, "metrics");
    }
}
