package dev.freshet.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.duplicates.DuplicateFilter;
import dev.freshet.duplicates.DuplicateIndex;
import dev.freshet.duplicates.DuplicatesOptions;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import dev.freshet.event.RejectCode;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventlog.EventLogReader;
import dev.freshet.eventlog.MemoryLogFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class IngestServiceTest {
    private static final long NOW = 1_772_366_400_000L;
    private static final IngestLimits LIMITS = new IngestLimits(1_000_000, 1_000, 1_000_000, Duration.ofSeconds(10));

    private final MemoryLogFiles files = new MemoryLogFiles();
    private final IngestMetrics metrics = new IngestMetrics();
    private int indexes;
    private EventLog log = openLog(1L << 30);
    private DuplicateIndex filter = openIndex(1 << 21);
    private IngestService service = newService(LIMITS);

    @AfterEach
    void close() {
        service.close();
        files.stopFailing();
    }

    @Test
    void answersOnceTheEventsAreDurable() throws Exception {
        service.start();
        List<Reject> rejects = List.of(new Reject(1, RejectCode.MISSING_FIELD, "user_id is missing."));
        IngestReply reply = answer(submit(new DecodedEvents(events(1, 2, 3), rejects)));
        assertThat(reply).isEqualTo(new IngestReply(3, 0, rejects));
        assertThat(reply.status()).isEqualTo(202);
        assertThat(log.durablePosition()).isEqualTo(3);
        assertThat(readIds()).containsExactly(1L, 2L, 3L);
        assertThat(metrics.accepted()).isEqualTo(3);
        assertThat(metrics.rejected(RejectCode.MISSING_FIELD)).isEqualTo(1);
        assertThat(metrics.syncs()).isEqualTo(1);
    }

    @Test
    void answersAtOnceWhereNoEventIsValid() throws Exception {
        IngestReply reply = answer(
                submit(new DecodedEvents(events(), List.of(new Reject(0, RejectCode.INVALID_JSON, "It is no JSON.")))));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.accepted()).isZero();
    }

    @Test
    void servesAllThatWaitsWithOneSync() throws Exception {
        List<CompletableFuture<IngestReply>> answers = new ArrayList<>();
        for (long id = 1; id <= 500; id++) {
            answers.add(submit(events(id)));
        }
        int syncsBefore = files.syncCount();
        service.start();
        for (CompletableFuture<IngestReply> answer : answers) {
            assertThat(answer(answer)).isEqualTo(new IngestReply(1, 0, List.of()));
        }
        assertThat(files.syncCount() - syncsBefore).isEqualTo(1);
        assertThat(metrics.syncs()).isEqualTo(1);
        assertThat(readIds()).hasSize(500).isSorted();
    }

    @Test
    void dropsRepeatsWithinABodyWithinAGroupAndLater() throws Exception {
        CompletableFuture<IngestReply> first = submit(events(1, 2, 1, 1));
        CompletableFuture<IngestReply> second = submit(events(2, 3));
        service.start();
        assertThat(answer(first)).isEqualTo(new IngestReply(2, 2, List.of()));
        assertThat(answer(second)).isEqualTo(new IngestReply(1, 1, List.of()));
        IngestReply third = answer(submit(events(3, 2, 1)));
        assertThat(third).isEqualTo(new IngestReply(0, 3, List.of()));
        assertThat(third.status()).isEqualTo(202);
        assertThat(readIds()).containsExactly(1L, 2L, 3L);
        assertThat(metrics.duplicates()).isEqualTo(6);
    }

    @Test
    void takesTheSameIdOfAnotherTeam() throws Exception {
        service.start();
        answer(submit(events(1)));
        assertThat(answer(service.submit("other", new DecodedEvents(events(1), List.of()))
                        .toCompletableFuture()))
                .isEqualTo(new IngestReply(1, 0, List.of()));
    }

    @Test
    void neverAnswersARepeatBeforeItsFirstIsDurable() throws Exception {
        CompletableFuture<IngestReply> first = submit(events(1));
        CompletableFuture<IngestReply> repeat = submit(events(1));
        files.failCall(2, false); // the write succeeds, the sync fails
        service.start();
        assertThatRefused(IngestException.Code.UNAVAILABLE, first);
        assertThatRefused(IngestException.Code.UNAVAILABLE, repeat);
        assertThatRefused(IngestException.Code.UNAVAILABLE, submit(events(1)));
        assertThat(log.durablePosition()).isZero();
        assertThat(metrics.refused(IngestException.Code.UNAVAILABLE)).isEqualTo(3);
    }

    @Test
    void takesBackTheIdsOfWhatDidNotFit() throws Exception {
        log.close();
        log = openLog(1_000);
        service = newService(LIMITS);
        service.start();
        long id = 1;
        while (true) {
            CompletableFuture<IngestReply> answer = submit(events(id, id + 1));
            try {
                answer(answer);
            } catch (ExecutionException full) {
                break;
            }
            id += 2;
        }
        service.close();
        log.close();

        log = openLog(1L << 30);
        service = newService(LIMITS);
        service.start();
        assertThat(answer(submit(events(id, id + 1)))).isEqualTo(new IngestReply(2, 0, List.of()));
        assertThat(answer(submit(events(1, 2)))).isEqualTo(new IngestReply(0, 2, List.of()));
    }

    @Test
    void refusesWhenTheDuplicateFilterIsFullAndTakesNothingOfThatRequest() throws Exception {
        filter = openIndex(1 << 12);
        service = newService(LIMITS);
        service.start();
        long[] many = new long[20_000];
        for (int index = 0; index < many.length; index++) {
            many[index] = index;
        }
        assertThatRefused(IngestException.Code.UNAVAILABLE, submit(events(many)));
        assertThat(filter.size()).isZero();
        assertThat(answer(submit(events(1)))).isEqualTo(new IngestReply(1, 0, List.of()));
    }

    @Test
    void refusesPastItsLimitsAndRecovers() throws Exception {
        service = newService(new IngestLimits(1_000_000, 3, 1_000_000, Duration.ofSeconds(10)));
        List<CompletableFuture<IngestReply>> taken = List.of(submit(events(1)), submit(events(2)), submit(events(3)));
        assertThatRefused(IngestException.Code.OVERLOADED, submit(events(4)));
        service.start();
        for (CompletableFuture<IngestReply> answer : taken) {
            answer(answer);
        }
        assertThat(answer(submit(events(4)))).isEqualTo(new IngestReply(1, 0, List.of()));
    }

    @Test
    void boundsTheBytesOnTheirWayButTakesOneLargeRequestAlone() throws Exception {
        service = newService(new IngestLimits(100, 1_000, 1_000_000, Duration.ofSeconds(10)));
        CompletableFuture<IngestReply> large = submit(events(1, 2, 3, 4, 5));
        assertThatRefused(IngestException.Code.OVERLOADED, submit(events(6)));
        service.start();
        assertThat(answer(large).accepted()).isEqualTo(5);
    }

    @Test
    void knowsDuplicatesAcrossARestart() throws Exception {
        service.start();
        answer(submit(events(1, 2, 3)));
        service.close();
        log.close();
        files.kill();

        log = openLog(1L << 30);
        filter = openIndex(1 << 21);
        assertThat(filter.flushedPosition()).isZero();
        readIds().forEach(id -> filter.remember("team", 1, id, NOW, NOW));
        filter.remembered(3);
        service = newService(LIMITS);
        service.start();
        assertThat(answer(submit(events(3, 4)))).isEqualTo(new IngestReply(1, 1, List.of()));
        assertThat(readIds()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void answersAllItTookWhenItStopsAndRefusesTheRest() throws Exception {
        List<CompletableFuture<IngestReply>> answers = new ArrayList<>();
        for (long id = 1; id <= 100; id++) {
            answers.add(submit(events(id)));
        }
        service.start();
        service.close();
        for (CompletableFuture<IngestReply> answer : answers) {
            assertThat(answer.isDone()).isTrue();
            assertThat(answer(answer).accepted()).isEqualTo(1);
        }
        assertThatRefused(IngestException.Code.UNAVAILABLE, submit(events(101)));
        assertThat(service.requestsInFlight()).isZero();
        assertThat(service.bytesInFlight()).isZero();
    }

    @Test
    void refusesWhatWaitsWhenItNeverStarted() {
        CompletableFuture<IngestReply> waiting = submit(events(1));
        service.close();
        assertThatRefused(IngestException.Code.UNAVAILABLE, waiting);
    }

    @Test
    void stopsRatherThanGuessesWhenItsOwnCodeFails() {
        DuplicateFilter broken = new BrokenFilter();
        service = new IngestService(log.writer(), broken, InstantSource.fixed(now()), LIMITS, metrics);
        service.start();
        assertThatRefused(IngestException.Code.UNAVAILABLE, submit(events(1)));
        assertThatRefused(IngestException.Code.UNAVAILABLE, submit(events(2)));
        assertThat(service.isRunning()).isFalse();
        assertThat(service.requestsInFlight()).isZero();
    }

    /** A block of several records may fail behind the first of them. */
    @Test
    void callsNothingSettledThatAFailedBlockLeftUndurable() throws Exception {
        boolean wasHalfAppended = false;
        boolean isTaken = false;
        for (long call = 1; !isTaken; call++) {
            MemoryLogFiles failing = new MemoryLogFiles();
            SettledFilter settled = new SettledFilter();
            EventLog each = EventLog.open(EventLogOptions.in(Path.of("log"))
                    .withFiles(failing)
                    .withReserveBytes(0)
                    .withSegmentBytes(512 * 1024));
            IngestService failed = new IngestService(
                    each.writer(), settled, InstantSource.fixed(now()), IngestLimits.DEFAULT, new IngestMetrics());
            failing.failCall(call, true);
            failed.start();
            CompletableFuture<IngestReply> large = failed.submit("team", new DecodedEvents(manyEvents(), List.of()))
                    .toCompletableFuture();
            isTaken = large.handle((reply, failure) -> failure == null).get(20, TimeUnit.SECONDS);
            if (!isTaken) {
                assertThatRefused(
                        IngestException.Code.UNAVAILABLE,
                        failed.submit("team", new DecodedEvents(events(1), List.of()))
                                .toCompletableFuture());
            }
            failed.close();
            wasHalfAppended |= !isTaken && each.writer().nextPosition() - 1 > each.durablePosition();
            assertThat(settled.position).isLessThanOrEqualTo(each.durablePosition());
            failing.stopFailing();
            each.close();
        }
        assertThat(wasHalfAppended).isTrue();
    }

    @Test
    void takesEveryEventOnceFromManyThreadsThatRepeatEachOther() throws Exception {
        service.start();
        int threads = 4;
        int each = 500;
        CountDownLatch go = new CountDownLatch(1);
        int accepted = 0;
        int duplicates = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<int[]>> results = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                results.add(pool.submit(() -> {
                    go.await();
                    int[] counts = new int[2];
                    for (long id = 1; id <= each; id++) {
                        IngestReply reply = answer(submit(events(id, id + each)));
                        counts[0] += reply.accepted();
                        counts[1] += reply.duplicates();
                    }
                    return counts;
                }));
            }
            go.countDown();
            for (Future<int[]> result : results) {
                accepted += result.get()[0];
                duplicates += result.get()[1];
            }
        }
        assertThat(accepted).isEqualTo(2 * each);
        assertThat(duplicates).isEqualTo(2 * each * (threads - 1));
        assertThat(readIds()).hasSize(2 * each).doesNotHaveDuplicates();
    }

    private EventLog openLog(long limitBytes) {
        return EventLog.open(EventLogOptions.in(Path.of("log"))
                .withFiles(files)
                .withReserveBytes(0)
                .withLimitBytes(limitBytes));
    }

    private DuplicateIndex openIndex(int slots) {
        DuplicateIndex index = DuplicateIndex.open(
                DuplicatesOptions.in(Path.of("ids" + indexes++))
                        .withFiles(files)
                        .withTableSlots(slots),
                position -> {});
        index.filled(0);
        return index;
    }

    private IngestService newService(IngestLimits limits) {
        return new IngestService(log.writer(), filter, InstantSource.fixed(now()), limits, metrics);
    }

    private static Instant now() {
        return Instant.ofEpochMilli(NOW);
    }

    private CompletableFuture<IngestReply> submit(EventRows rows) {
        return submit(new DecodedEvents(rows, List.of()));
    }

    private CompletableFuture<IngestReply> submit(DecodedEvents decoded) {
        return service.submit("team", decoded).toCompletableFuture();
    }

    private static IngestReply answer(CompletableFuture<IngestReply> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    private static void assertThatRefused(IngestException.Code code, CompletableFuture<IngestReply> answer) {
        assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(IngestException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal.retryAfter()).isPositive();
                });
    }

    private List<Long> readIds() throws InterruptedException {
        List<Long> ids = new ArrayList<>();
        try (EventLogReader reader = log.readFrom(1)) {
            Optional<EventRows> block = reader.next(Duration.ZERO);
            while (block.isPresent()) {
                EventCursor cursor = block.get().cursor();
                while (cursor.next()) {
                    assertThat(cursor.receivedAtMs()).isEqualTo(NOW);
                    ids.add(cursor.eventIdLow());
                }
                block = reader.next(Duration.ZERO);
            }
        }
        return ids;
    }

    private static EventRows events(long... ids) {
        EventRowsBuilder builder = new EventRowsBuilder(0);
        for (long id : ids) {
            builder.row(NOW, 1, id, EventType.PAGE_VIEW).text("team").text("/").text("u");
            builder.text("").text("{}");
        }
        return builder.build();
    }

    private static EventRows manyEvents() {
        long[] ids = new long[20_000];
        for (int index = 0; index < ids.length; index++) {
            ids[index] = index + 1L;
        }
        return events(ids);
    }

    /** Takes every id for new and notes what it is told. */
    private static final class SettledFilter implements DuplicateFilter {
        private volatile long position;

        @Override
        public int teamNumber(String teamId) {
            return 0;
        }

        @Override
        public Verdict offer(int teamNumber, long eventIdHigh, long eventIdLow, long sentAtMs, long receivedAtMs) {
            return Verdict.FIRST;
        }

        @Override
        public void withdraw(int teamNumber, long eventIdHigh, long eventIdLow) {}

        @Override
        public void settled(long logPosition, long nowMs) {
            position = logPosition;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public long memoryBytes() {
            return 0;
        }
    }

    private static final class BrokenFilter implements DuplicateFilter {
        @Override
        public int teamNumber(String teamId) {
            return 0;
        }

        @Override
        public Verdict offer(int teamNumber, long eventIdHigh, long eventIdLow, long sentAtMs, long receivedAtMs) {
            throw new IllegalStateException("broken on purpose");
        }

        @Override
        public void withdraw(int teamNumber, long eventIdHigh, long eventIdLow) {}

        @Override
        public void settled(long logPosition, long nowMs) {}

        @Override
        public long size() {
            return 0;
        }

        @Override
        public long memoryBytes() {
            return 0;
        }
    }
}
