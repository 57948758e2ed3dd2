package dev.freshet.importer;

import dev.freshet.importer.ExistingIds.TimeSpan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Reads a file and delivers its events: batches are cut in the order of the file, asked of the store, and what it lacks
 * is sent, a bounded number of batches at a time. Broken off and run again, it delivers what is missing. One run at a
 * time; progress is reported on the caller's thread.
 */
public final class Backfill {
    /** Unpacked text of a batch, in characters; at three bytes each still under the endpoint's 8 MiB. */
    private static final int MAX_BATCH_CHARACTERS = 2 * 1024 * 1024;

    /** How large the batches are and how many are under way at once. */
    public record Settings(int batchEvents, int parallelBatches) {
        public static final Settings DEFAULT = new Settings(500, 4);

        public Settings {
            if (batchEvents < 1 || parallelBatches < 1) {
                throw new IllegalArgumentException("a batch has at least one event, and at least one is under way");
            }
        }
    }

    /** Hears how far an import is, once for each batch that is done. */
    @FunctionalInterface
    public interface Progress {
        void advanced(long bytesRead, long bytesInAll, ImportSummary soFar);
    }

    private record Delivered(long alreadyStored, BatchReceipt receipt) {}

    private final ExistingIds existingIds;
    private final BatchSink sink;
    private final Settings settings;
    private final Progress progress;

    public Backfill(ExistingIds existingIds, BatchSink sink, Settings settings, Progress progress) {
        this.existingIds = existingIds;
        this.sink = sink;
        this.settings = settings;
        this.progress = progress;
    }

    /** Runs to the end of the source, which stays open. Interrupting the caller stops it at once. */
    public ImportSummary run(EventSource source) throws ImportException, InterruptedException {
        Tally tally = new Tally();
        Deque<Future<Delivered>> underWay = new ArrayDeque<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            List<ImportEvent> batch = nextBatch(source, tally);
            while (!batch.isEmpty()) {
                if (underWay.size() == settings.parallelBatches()) {
                    take(underWay.remove(), tally, source);
                }
                List<ImportEvent> cut = batch;
                underWay.add(threads.submit(() -> deliver(cut)));
                batch = nextBatch(source, tally);
            }
            while (!underWay.isEmpty()) {
                take(underWay.remove(), tally, source);
            }
            return tally.summary();
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private List<ImportEvent> nextBatch(EventSource source, Tally tally) throws ImportException {
        List<ImportEvent> batch = new ArrayList<>(settings.batchEvents());
        int characters = 0;
        while (batch.size() < settings.batchEvents() && characters < MAX_BATCH_CHARACTERS) {
            Optional<SourceItem> item = source.next();
            if (item.isEmpty()) {
                return batch;
            }
            switch (item.orElseThrow()) {
                case LineReject reject -> tally.add(reject);
                case ImportEvent event -> {
                    batch.add(event);
                    characters += event.json().length();
                }
            }
        }
        return batch;
    }

    private void take(Future<Delivered> oldest, Tally tally, EventSource source)
            throws ImportException, InterruptedException {
        try {
            tally.add(oldest.get());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ImportException failure -> throw failure;
                case InterruptedException interrupted -> throw interrupted;
                case null, default -> throw new IllegalStateException("a delivery failed unforeseen", e.getCause());
            }
        }
        progress.advanced(source.bytesRead(), source.bytesInAll(), tally.summary());
    }

    private Delivered deliver(List<ImportEvent> batch) throws ImportException, InterruptedException {
        Set<UUID> ids =
                batch.stream().flatMap(event -> event.eventId().stream()).collect(Collectors.toSet());
        Set<UUID> existing = ids.isEmpty() ? Set.of() : existingIds.existing(ids, spanOf(batch));
        List<ImportEvent> missing = batch.stream()
                .filter(event -> event.eventId().filter(existing::contains).isEmpty())
                .toList();
        BatchReceipt receipt = missing.isEmpty() ? new BatchReceipt(0, 0, List.of()) : sink.deliver(missing);
        return new Delivered(batch.size() - missing.size(), receipt);
    }

    /** The store keeps milliseconds, so that the span is widened to whole ones. */
    private static TimeSpan spanOf(List<ImportEvent> batch) {
        List<Instant> times =
                batch.stream().flatMap(event -> event.timestamp().stream()).toList();
        return times.size() < batch.size()
                ? TimeSpan.ALL
                : new TimeSpan(
                        Collections.min(times).truncatedTo(ChronoUnit.MILLIS),
                        Collections.max(times).truncatedTo(ChronoUnit.MILLIS).plusMillis(1));
    }

    /** The counts of a run; touched by its caller's thread only. */
    private static final class Tally {
        private long accepted;
        private long duplicates;
        private long alreadyStored;
        private final Map<String, Long> rejectedByCode = new TreeMap<>();
        private final List<RejectedEvent> firstRejects = new ArrayList<>();

        void add(Delivered delivered) {
            alreadyStored += delivered.alreadyStored();
            accepted += delivered.receipt().accepted();
            duplicates += delivered.receipt().duplicates();
            delivered.receipt().rejected().forEach(this::add);
        }

        void add(LineReject reject) {
            add(new RejectedEvent(reject.lineNumber(), reject.reason().wireName(), reject.message()));
        }

        private void add(RejectedEvent reject) {
            rejectedByCode.merge(reject.code(), 1L, Long::sum);
            if (firstRejects.size() < ImportSummary.SHOWN_REJECTS) {
                firstRejects.add(reject);
            }
        }

        ImportSummary summary() {
            return new ImportSummary(
                    accepted,
                    duplicates,
                    alreadyStored,
                    Collections.unmodifiableMap(new TreeMap<>(rejectedByCode)),
                    List.copyOf(firstRejects));
        }
    }
}
