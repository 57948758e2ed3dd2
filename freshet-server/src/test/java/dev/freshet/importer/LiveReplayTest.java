package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class LiveReplayTest {
    private static AccessLog log;

    /** 200 requests of 50 users in 50 minutes. */
    private static AccessLog small;

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();
    private final Instant start = time.instant();
    private final List<List<ImportEvent>> batches = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void scan() throws ImportException {
        log = AccessLog.scan(DemoLog.open());
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            lines.append("10.0.0.%d - - [20/May/2015:21:%02d:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"a\"%n"
                    .formatted(i % 50, i / 4));
        }
        small = AccessLog.scan(Sources.file(lines.toString()));
    }

    @Test
    void theRateIsKeptInAFewBatchesASecondAndNothingIsAhead() throws Exception {
        runFor(Duration.ofSeconds(20), ReplayPace.even(100), batch -> taken(batch, time.instant()));
        assertThat(sent()).hasSizeBetween(1_950, 2_001);
        assertThat(batches).hasSizeBetween(76, 81);
        assertThat(sent()).extracting(event -> event.timestamp().orElseThrow()).isSorted();
        assertThat(sent().getFirst().timestamp()).contains(start);
    }

    @Test
    void highRatesGoOutInSeveralBatchesATick() throws Exception {
        runFor(Duration.ofSeconds(1), ReplayPace.even(12_000), batch -> taken(batch, time.instant()));
        assertThat(sent()).hasSizeBetween(9_000, 12_001);
        assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(500));
    }

    @Test
    void aPassHasEveryLineOnceAndTheShapeOfTheLog() throws Exception {
        runFor(Duration.ofSeconds(500), ReplayPace.DEMO, batch -> taken(batch, time.instant()));
        List<ImportEvent> sent = sent();
        assertThat(sent).hasSizeBetween(9_980, 10_000);
        assertThat(sent.stream().map(ImportEvent::lineNumber).collect(Collectors.toSet()))
                .hasSize(sent.size());
        // 84 hours in 500 s: the busiest hour of the log has 136 requests, the quietest 74
        double hourMs = 500_000 / 84.0;
        Map<Integer, Long> byHour = sent.stream()
                .collect(Collectors.groupingBy(
                        event ->
                                (int) (Duration.between(start, event.timestamp().orElseThrow())
                                                .toMillis()
                                        / hourMs),
                        TreeMap::new,
                        Collectors.counting()));
        assertThat(byHour).hasSize(84);
        assertThat(Collections.max(byHour.values())).isBetween(134L, 138L);
        assertThat(Collections.min(byHour.values())).isBetween(70L, 76L);
    }

    @Test
    void passesHaveIdsOfTheirOwnAndGoOnAfterARestart() throws Exception {
        runFor(Duration.ofSeconds(15), ReplayPace.even(1_000), batch -> taken(batch, time.instant()));
        LiveReplay.Totals again =
                runFor(Duration.ofSeconds(1), ReplayPace.even(1_000), batch -> taken(batch, time.instant()));
        Set<Object> ids =
                new HashSet<>(sent().stream().map(ImportEvent::eventId).toList());
        assertThat(ids).hasSize(sent().size()).hasSizeGreaterThan(15_000);
        assertThat(again.pass()).isEqualTo(4);
        assertThat(sent().getFirst().json()).contains("\"properties\":{\"$pass\":2,");
        assertThat(sent().getLast().json()).contains("\"properties\":{\"$pass\":4,");
        assertThat(sent().getFirst().eventId())
                .contains(new ImportEventIds(log.file()).of(sent().getFirst().lineNumber(), 2));
    }

    @Test
    void usersOfAPassAreOthersThanThoseOfTheNextAndSessionsEnd() throws Exception {
        time.endAfter(Duration.ofSeconds(5_000));
        LiveReplay replay = replay(small, ReplayPace.even(0.4), batch -> taken(batch, start));
        assertThatThrownBy(replay::replay).isInstanceOf(InterruptedException.class);
        Map<String, Set<String>> sessionsByUser = new TreeMap<>();
        for (ImportEvent event : sent()) {
            Map<?, ?> object = (Map<?, ?>) JsonValues.parse(event.json());
            sessionsByUser
                    .computeIfAbsent(String.valueOf(object.get("user_id")), user -> new TreeSet<>())
                    .add(String.valueOf(object.get("session_id")));
        }
        // ten passes of 500 s in eight generations of users: those of the first two came back, in new sessions
        assertThat(sessionsByUser).hasSize(50 * 8);
        assertThat(sessionsByUser.values().stream().filter(sessions -> sessions.size() > 1))
                .hasSize(50 * 2);
    }

    @Test
    void afterAnOutageTheTrafficGoesOnWithThePresent() throws Exception {
        runFor(Duration.ofSeconds(120), ReplayPace.even(50), batch -> {
            if (batches.size() == 10) {
                time.advance(Duration.ofSeconds(60)); // the poster kept trying for that long
            }
            return taken(batch, time.instant());
        });
        assertThat(sent()).hasSizeBetween(2_900, 3_150);
        assertThat(sent().getLast().timestamp().orElseThrow())
                .isAfter(time.instant().minusSeconds(3));
    }

    @Test
    void aRefusedKeyEndsTheReplayWithItsReason() throws Exception {
        LiveReplay replay = replay(small, ReplayPace.DEMO, batch -> {
            throw new ImportException(ImportException.Code.KEY_REFUSED, "No.");
        });
        assertThatThrownBy(replay::replay).isInstanceOf(ImportException.class).hasMessage("No.");
    }

    @Test
    void closingStopsADeliveryThatHangs() throws Exception {
        CountDownLatch delivering = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LiveReplay replay = replay(small, ReplayPace.even(100), batch -> {
            delivering.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return taken(batch, start);
        });
        replay.start();
        assertThat(delivering.await(10, TimeUnit.SECONDS)).isTrue();
        replay.close();
        assertThat(interrupted.getCount()).isZero();
        assertThat(replay.failure()).isEmpty();
        assertThat(batches).isEmpty();
    }

    @Test
    void aReplayThatNeverStartedCanBeClosed() throws Exception {
        replay(small, ReplayPace.DEMO, BatchSink.dryRun()).close();
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void aLogWithoutRequestsCannotBeReplayed() throws Exception {
        AccessLog empty = AccessLog.scan(Sources.file("nonsense\n"));
        assertThatThrownBy(() -> ReplayScript.load(empty, ReplayPace.DEMO))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("holds no request");
    }

    private BatchReceipt taken(List<ImportEvent> batch, Instant now) {
        batches.add(batch);
        if (!now.equals(start)) {
            assertThat(batch.getLast().timestamp().orElseThrow()).isBeforeOrEqualTo(now);
        }
        return new BatchReceipt(batch.size(), 0, List.of());
    }

    private List<ImportEvent> sent() {
        return batches.stream().flatMap(List::stream).toList();
    }

    private LiveReplay.Totals runFor(Duration duration, ReplayPace pace, BatchSink sink) throws Exception {
        time.endAfter(duration);
        LiveReplay replay = replay(pace, sink);
        assertThatThrownBy(replay::replay).isInstanceOf(InterruptedException.class);
        return replay.totals();
    }

    private LiveReplay replay(ReplayPace pace, BatchSink sink) throws ImportException {
        return replay(log, pace, sink);
    }

    private LiveReplay replay(AccessLog replayed, ReplayPace pace, BatchSink sink) throws ImportException {
        return new LiveReplay(ReplayScript.load(replayed, pace), new ImportState(folder, time), sink, time, time);
    }
}
