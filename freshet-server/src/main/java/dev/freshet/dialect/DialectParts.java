package dev.freshet.dialect;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.ingest.EventIds;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the decoders share.
 *
 * @param grantOfKey what a write key grants; must not block
 * @param retention how old an event may be
 */
public record DialectParts(
        Function<String, Optional<WriteKeyGrant>> grantOfKey,
        Duration retention,
        TeamMappings mappings,
        BrowserSessions sessions,
        EventIds eventIds,
        DialectMetrics metrics) {
    public DialectParts {
        Objects.requireNonNull(grantOfKey, "grantOfKey");
        Objects.requireNonNull(retention, "retention");
        Objects.requireNonNull(mappings, "mappings");
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(eventIds, "eventIds");
        Objects.requireNonNull(metrics, "metrics");
    }
}
