package dev.freshet.importer;

import java.util.List;

/**
 * What became of a batch.
 *
 * @param accepted events that are new
 * @param duplicates events that the server had received before, by an earlier attempt at this batch also
 */
public record BatchReceipt(long accepted, long duplicates, List<RejectedEvent> rejected) {
    public BatchReceipt {
        rejected = List.copyOf(rejected);
    }
}
