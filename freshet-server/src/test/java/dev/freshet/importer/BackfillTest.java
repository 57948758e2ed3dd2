package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.importer.ExistingIds.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class BackfillTest {
    private static final Backfill.Progress SILENT = (read, all, soFar) -> {};

    /** A store and an endpoint at once: what is delivered exists, within the asked span only. */
    private static final class Store implements ExistingIds, BatchSink {
        private final Map<UUID, Instant> times = new ConcurrentHashMap<>();
        private final List<TimeSpan> spans = Collections.synchronizedList(new ArrayList<>());

        @Override
        public Set<UUID> existing(java.util.Collection<UUID> ids, TimeSpan span) {
            spans.add(span);
            return ids.stream()
                    .filter(id -> times.containsKey(id)
                            && !times.getOrDefault(id, Instant.MIN).isBefore(span.from())
                            && times.getOrDefault(id, Instant.MAX).isBefore(span.to()))
                    .collect(Collectors.toSet());
        }

        @Override
        public BatchReceipt deliver(List<ImportEvent> batch) {
            batch.forEach(event ->
                    times.put(event.eventId().orElseThrow(), event.timestamp().orElse(Instant.EPOCH)));
            return new BatchReceipt(batch.size(), 0, List.of());
        }
    }

    private final Store store = new Store();

    @Test
    void theDemoLogImportedTwiceChangesNothing() throws Exception {
        AccessLog log = AccessLog.scan(DemoLog.open());
        Map<UUID, Instant> afterFirst = new TreeMap<>();
        ImportSummary first = run(AccessLogSource.open(log, Duration.ofDays(3650)));
        afterFirst.putAll(store.times);
        ImportSummary second = run(AccessLogSource.open(log, Duration.ofDays(3650)));
        assertThat(first).isEqualTo(new ImportSummary(10_000, 0, 0, Map.of(), List.of()));
        assertThat(second).isEqualTo(new ImportSummary(0, 0, 10_000, Map.of(), List.of()));
        assertThat(store.times).hasSize(10_000).isEqualTo(afterFirst);
    }

    @Test
    void onlyWhatTheStoreLacksIsSent() throws Exception {
        String text = "{\"name\":\"a\"}\n{\"name\":\"b\"}\n";
        run(EventSource.open(Sources.file(text), ImportFormat.NDJSON));
        store.times.remove(store.times.keySet().iterator().next());
        ImportSummary again = run(EventSource.open(Sources.file(text), ImportFormat.NDJSON));
        assertThat(again).isEqualTo(new ImportSummary(1, 0, 1, Map.of(), List.of()));
    }

    @Test
    void theStoreIsAskedForTheTimesOfTheBatchInWholeMilliseconds() throws Exception {
        run(EventSource.open(
                Sources.file("{\"timestamp\":\"2026-01-01T00:00:00.0019Z\"}\n{\"timestamp\":\"2026-01-02T00:00:00Z\"}"),
                ImportFormat.NDJSON));
        run(EventSource.open(Sources.file("{\"timestamp\":1}\n{}"), ImportFormat.NDJSON));
        assertThat(store.spans)
                .containsExactly(
                        new TimeSpan(
                                Instant.parse("2026-01-01T00:00:00.001Z"), Instant.parse("2026-01-02T00:00:00.001Z")),
                        TimeSpan.ALL);
    }

    @Test
    void linesThatAreNoEventsAreCountedByReasonAndShown() throws Exception {
        ImportSummary summary = run(EventSource.open(Sources.file("""
                        nonsense
                        1.1.1.1 - - [20/May/2015:21:05:59 +0000] "GET / HTTP/1.1" 200 1 "-" "a"
                        more nonsense
                        """), ImportFormat.COMBINED));
        assertThat(summary.accepted()).isEqualTo(1);
        assertThat(summary.rejectedByCode()).isEqualTo(Map.of("malformed_line", 2L));
        assertThat(summary.firstRejects()).extracting(RejectedEvent::lineNumber).containsExactly(1L, 3L);
        assertThat(summary.lines()).isEqualTo(3);
    }

    @Test
    void progressEndsAtTheEndOfTheFile() throws Exception {
        List<Long> read = new ArrayList<>();
        List<Long> counted = new ArrayList<>();
        ImportFile file = Sources.file("{}\n".repeat(25));
        Backfill backfill = new Backfill(
                ExistingIds.none(), BatchSink.dryRun(), new Backfill.Settings(10, 1), (bytesRead, inAll, soFar) -> {
                    read.add(bytesRead * 100 / inAll);
                    counted.add(soFar.accepted());
                });
        backfill.run(EventSource.open(file, ImportFormat.NDJSON));
        assertThat(read).isSorted().endsWith(100L);
        assertThat(counted).containsExactly(10L, 20L, 25L);
    }

    @Test
    void noMoreThanTheStatedBatchesAreUnderWay() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore released = new Semaphore(0);
        CountDownLatch three = new CountDownLatch(3);
        BatchSink slow = batch -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            three.countDown();
            released.acquire();
            underWay.decrementAndGet();
            return new BatchReceipt(batch.size(), 0, List.of());
        };
        Thread releaser = Thread.ofVirtual().start(() -> {
            try {
                three.await();
                released.release(1_000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        ImportSummary summary = new Backfill(ExistingIds.none(), slow, new Backfill.Settings(1, 3), SILENT)
                .run(EventSource.open(Sources.file("{}\n".repeat(50)), ImportFormat.NDJSON));
        releaser.join();
        assertThat(summary.accepted()).isEqualTo(50);
        assertThat(most).hasValue(3);
    }

    @Test
    void aFailedDeliveryEndsTheImportAndTheOthers() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        BatchSink failing = batch -> {
            if (calls.incrementAndGet() > 1) {
                never.await();
            }
            throw new ImportException(ImportException.Code.KEY_REFUSED, "No.");
        };
        assertThatThrownBy(() -> new Backfill(ExistingIds.none(), failing, new Backfill.Settings(1, 3), SILENT)
                        .run(EventSource.open(Sources.file("{}\n".repeat(50)), ImportFormat.NDJSON)))
                .isInstanceOf(ImportException.class)
                .hasMessage("No.");
    }

    @Test
    void batchesAreBoundByTheirTextToo() throws Exception {
        List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
        String line = "{\"a\":\"" + "x".repeat(500_000) + "\"}\n";
        new Backfill(
                        ExistingIds.none(),
                        batch -> {
                            sizes.add(batch.size());
                            return new BatchReceipt(batch.size(), 0, List.of());
                        },
                        new Backfill.Settings(500, 1),
                        SILENT)
                .run(EventSource.open(Sources.file(line.repeat(12)), ImportFormat.NDJSON));
        assertThat(sizes).containsExactly(5, 5, 2);
        assertThat(IntStream.range(0, sizes.size()).map(sizes::get).sum()).isEqualTo(12);
    }

    private ImportSummary run(EventSource source) throws Exception {
        try (source) {
            return new Backfill(store, store, Backfill.Settings.DEFAULT, SILENT).run(source);
        }
    }
}
