package dev.freshet.aggregate;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLogReader;
import java.time.Duration;
import java.util.Optional;

/** A reader of the event log, as the aggregation sees it. */
final class EventLogFeedReader implements EventFeed.Reader {
    private final EventLogReader reader;

    EventLogFeedReader(EventLogReader reader) {
        this.reader = reader;
    }

    @Override
    public Optional<EventRows> next(Duration wait) throws InterruptedException {
        return reader.next(wait);
    }

    @Override
    public void close() {
        reader.close();
    }
}
