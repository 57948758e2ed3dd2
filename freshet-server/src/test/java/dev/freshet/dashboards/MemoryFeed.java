package dev.freshet.dashboards;

import dev.freshet.aggregate.EventFeed;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An event log in memory, each event a block of its own. Thread-safe. */
final class MemoryFeed implements EventFeed {
    private final List<EventRows> blocks = new ArrayList<>();

    /** Makes one page view durable that happens now. */
    synchronized void append(String teamId, String name, String user) {
        long nowMs = System.currentTimeMillis();
        EventRows rows = new EventRowsBuilder(256)
                .row(nowMs, 7, blocks.size(), EventType.PAGE_VIEW)
                .text(teamId)
                .text(name)
                .text(user)
                .text("session of " + user)
                .text("{}")
                .build();
        rows.stamp(blocks.size() + 1L, nowMs);
        blocks.add(rows);
        notifyAll();
    }

    private synchronized Optional<EventRows> at(long position, Duration wait) throws InterruptedException {
        long deadlineNs = System.nanoTime() + wait.toNanos();
        for (long leftNs = wait.toNanos();
                blocks.size() < position && leftNs > 0;
                leftNs = deadlineNs - System.nanoTime()) {
            wait(leftNs / 1_000_000 + 1);
        }
        return blocks.size() < position ? Optional.empty() : Optional.of(blocks.get(Math.toIntExact(position - 1)));
    }

    @Override
    public Reader readFrom(long first) {
        return new Reader() {
            private long position = first;

            @Override
            public Optional<EventRows> next(Duration wait) throws InterruptedException {
                Optional<EventRows> block = at(position, wait);
                if (block.isPresent()) {
                    position++;
                }
                return block;
            }

            @Override
            public void close() {
                // holds nothing
            }
        };
    }
}
