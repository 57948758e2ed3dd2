package dev.freshet.importer;

import java.util.List;

/** Where batches of events go: a server's endpoint, or nowhere for a dry run. Safe from many threads. */
@FunctionalInterface
public interface BatchSink {
    /**
     * Delivers all events or fails. Repeating a delivery is harmless: the events keep their ids. Blocks until the
     * events are durable.
     *
     * @param batch not empty
     */
    BatchReceipt deliver(List<ImportEvent> batch) throws ImportException, InterruptedException;

    /** Sends nothing and counts every event as accepted. */
    static BatchSink dryRun() {
        return batch -> new BatchReceipt(batch.size(), 0, List.of());
    }
}
