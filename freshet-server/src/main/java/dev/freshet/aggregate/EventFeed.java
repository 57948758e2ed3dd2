package dev.freshet.aggregate;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLog;
import java.time.Duration;
import java.util.Optional;

/** Where the aggregation reads durable events in their order: the event log, seen from here. Safe from many threads. */
@FunctionalInterface
public interface EventFeed {
    /**
     * A reader whose first row is the first at or after {@code position}. Fails with an unchecked exception where the
     * log no longer holds that position.
     */
    Reader readFrom(long position);

    /** The feed of an event log. */
    static EventFeed of(EventLog log) {
        return position -> new EventLogFeedReader(log.readFrom(position));
    }

    /** One place in the log. Confined to one thread at a time; may be handed from one to another. */
    interface Reader extends AutoCloseable {
        /**
         * The next durable block, its rows in order of their positions; empty when none became durable within
         * {@code wait}.
         */
        Optional<EventRows> next(Duration wait) throws InterruptedException;

        @Override
        void close();
    }
}
