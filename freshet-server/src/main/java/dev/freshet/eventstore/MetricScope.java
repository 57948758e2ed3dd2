package dev.freshet.eventstore;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * Whose events a metric is read from, and which of them.
 *
 * @param upToPosition only events up to this log position; empty: all that are stored. The rollups cannot tell positions
 *     apart, so with {@link Source#ROLLUPS} the caller must hold the {@link InsertGate}
 */
public record MetricScope(String teamId, OptionalLong upToPosition, Source source) {
    /** What is read. */
    public enum Source {
        /** Every single event. */
        EVENTS,
        /** The sums by minute and hour, where whole minutes or hours are asked for. */
        ROLLUPS
    }

    public MetricScope {
        Objects.requireNonNull(teamId, "teamId");
        Objects.requireNonNull(upToPosition, "upToPosition");
        Objects.requireNonNull(source, "source");
    }

    /** All stored events of a team. */
    public static MetricScope events(String teamId) {
        return new MetricScope(teamId, OptionalLong.empty(), Source.EVENTS);
    }

    /** The events of a team up to a log position. */
    public static MetricScope eventsUpTo(String teamId, long position) {
        return new MetricScope(teamId, OptionalLong.of(position), Source.EVENTS);
    }

    /** The rollups of a team as they are now. */
    public static MetricScope rollups(String teamId) {
        return new MetricScope(teamId, OptionalLong.empty(), Source.ROLLUPS);
    }
}
