package dev.freshet.importer;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;

/**
 * Which events the store already has. The ingest endpoint recognises a repeat for 24 hours only; this is what makes an
 * import safe to repeat after that. It need not see the events of the last minutes, which the endpoint recognises. Safe
 * from many threads.
 */
@FunctionalInterface
public interface ExistingIds {
    /**
     * The times that the sought events have, for the store to skip its other partitions.
     *
     * @param from inclusive
     * @param to exclusive
     */
    record TimeSpan(Instant from, Instant to) {
        /** For events whose times only the server knows. */
        public static final TimeSpan ALL = new TimeSpan(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
    }

    /** The team's events among {@code ids} whose times lie in the span; blocks while the store is asked. */
    Set<UUID> existing(Collection<UUID> ids, TimeSpan span) throws ImportException, InterruptedException;

    /** For a store that is known to be empty. */
    static ExistingIds none() {
        return (ids, span) -> Set.of();
    }
}
