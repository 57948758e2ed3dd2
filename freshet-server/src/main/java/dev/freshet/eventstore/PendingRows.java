package dev.freshet.eventstore;

import dev.freshet.event.EventRows;
import java.util.ArrayList;
import java.util.List;

/** Blocks that were read from the log and not yet cut. Confined to the writer's thread. */
final class PendingRows {
    private final List<EventRows> blocks = new ArrayList<>();
    private int events;
    private long bytes;

    void add(EventRows block) {
        if (!block.isEmpty()) {
            blocks.add(block);
            events += block.count();
            bytes += block.sizeBytes();
        }
    }

    boolean isEmpty() {
        return events == 0;
    }

    int events() {
        return events;
    }

    long bytes() {
        return bytes;
    }

    List<EventRows> blocks() {
        return List.copyOf(blocks);
    }

    /** Drops the rows up to a position. */
    void removeTo(long position) {
        List<EventRows> kept = new ArrayList<>();
        for (EventRows block : blocks) {
            EventRows rest = block.skip(
                    Math.toIntExact(Math.clamp(position - DayBatch.firstPosition(block) + 1, 0, block.count())));
            if (!rest.isEmpty()) {
                kept.add(rest);
            }
        }
        blocks.clear();
        events = 0;
        bytes = 0;
        kept.forEach(this::add);
    }
}
