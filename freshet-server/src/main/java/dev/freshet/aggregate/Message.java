package dev.freshet.aggregate;

import dev.freshet.event.EventRows;

/** What other threads tell the aggregation thread. */
sealed interface Message {
    /** The next events of the log; the last of them has the position {@code lastPosition}. */
    record Rows(EventRows rows, long lastPosition) implements Message {}

    /** The log held nothing more at this time. */
    record CaughtUp(long atMs) implements Message {}

    /** The events come from the one after {@code position} on, whatever came before. */
    record FeedStarts(long position) implements Message {}

    /** Somebody watches. */
    record Demand(LiveMetricKey key) implements Message {}

    /** Nobody watches any more. */
    record Release(LiveMetricKey key) implements Message {}

    /** A computation is ready; {@code reader} stands behind the last event it holds. */
    record HandOver(StartTicket ticket, Computation computation, long position, EventFeed.Reader reader)
            implements Message {}

    /** A computation could not be started. */
    record StartFailed(StartTicket ticket, RuntimeException failure) implements Message {}
}
