package dev.freshet.eventstore;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogReader;
import java.time.Duration;
import java.util.Optional;

/** The event log as the writer sees it. */
public interface EventSource {
    /** A reader whose first row is the first at or after {@code position}. */
    Reader readFrom(long position);

    /** The position of the last event that is on the disk, 0 when there is none. */
    long durablePosition();

    /** Follows the durable end, block by block; confined to one thread. */
    interface Reader extends AutoCloseable {
        /** The next durable block; empty when none became durable within {@code wait}. */
        Optional<EventRows> next(Duration wait) throws InterruptedException;

        @Override
        void close();
    }

    static EventSource of(EventLog log) {
        return new EventSource() {
            @Override
            public Reader readFrom(long position) {
                return new LogReader(log.readFrom(position));
            }

            @Override
            public long durablePosition() {
                return log.durablePosition();
            }
        };
    }

    /** A reader of the real log. */
    record LogReader(EventLogReader reader) implements Reader {
        @Override
        public Optional<EventRows> next(Duration wait) throws InterruptedException {
            return reader.next(wait);
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
