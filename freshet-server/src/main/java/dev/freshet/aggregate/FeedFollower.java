package dev.freshet.aggregate;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.eventstore.InsertGate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log for the aggregation, from what ClickHouse holds at the start on. After a failure it goes on where it
 * was; where the log no longer holds that place, it begins again at what ClickHouse holds then, and says so.
 */
final class FeedFollower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FeedFollower.class);
    private static final Duration READ_WAIT = Duration.ofMillis(200);
    private static final long RETRY_MS = 200;

    private final EventFeed feed;
    private final InsertGate gate;
    private final InstantSource clock;
    private final Mailbox mailbox;
    private OptionalLong position = OptionalLong.empty();
    private boolean isFailing;

    FeedFollower(EventFeed feed, InsertGate gate, InstantSource clock, Mailbox mailbox) {
        this.feed = feed;
        this.gate = gate;
        this.clock = clock;
        this.mailbox = mailbox;
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try (EventFeed.Reader reader = open()) {
                    follow(reader);
                } catch (RuntimeException failure) {
                    noteFailure(failure);
                    TimeUnit.MILLISECONDS.sleep(RETRY_MS);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void noteFailure(RuntimeException failure) {
        if (!isFailing) {
            isFailing = true;
            LOG.warn("Live metrics cannot read the event log; trying again [position={}]", position, failure);
        }
    }

    private EventFeed.Reader open() {
        if (position.isPresent()) {
            try {
                return feed.readFrom(position.getAsLong() + 1);
            } catch (RuntimeException gone) {
                noteFailure(gone);
            }
        }
        return gate.betweenInserts(stored -> {
            EventFeed.Reader reader = feed.readFrom(stored + 1);
            position = OptionalLong.of(stored);
            mailbox.send(new Message.FeedStarts(stored));
            return reader;
        });
    }

    private void follow(EventFeed.Reader reader) throws InterruptedException {
        while (true) {
            long askedAtMs = clock.millis();
            Optional<EventRows> rows = reader.next(READ_WAIT);
            if (isFailing) {
                isFailing = false;
                LOG.info("Live metrics read the event log again [position={}]", position);
            }
            if (rows.isEmpty()) {
                mailbox.send(new Message.CaughtUp(askedAtMs));
                continue;
            }
            long last = lastPosition(rows.get());
            mailbox.sendRows(new Message.Rows(rows.get(), last));
            position = OptionalLong.of(last);
        }
    }

    /** The positions of a block have no gaps. */
    private static long lastPosition(EventRows rows) {
        EventCursor first = rows.cursor();
        if (!first.next()) {
            throw new IllegalStateException("the log gave a block without rows");
        }
        return first.logPosition() + rows.count() - 1;
    }
}
