package dev.freshet.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.duplicates.DuplicateFilter.Verdict;
import dev.freshet.eventlog.MemoryLogFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class DuplicateIndexTest {
    private static final long NOW = 1_772_366_400_000L;
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final long NOT_SENT = DuplicateFilter.NOT_SENT;
    private static final DuplicatesOptions OPTIONS =
            DuplicatesOptions.in(Path.of("ids")).withTableSlots(1024);

    private final MemoryLogFiles files = new MemoryLogFiles();
    private DuplicateIndex index = filled(OPTIONS);

    private DuplicateIndex filled(DuplicatesOptions options) {
        DuplicateIndex opened = DuplicateIndex.openUnthreaded(options.withFiles(files));
        if (!opened.isFilled()) {
            opened.filled(0);
        }
        return opened;
    }

    private int team() {
        return index.teamNumber("team");
    }

    private Verdict offer(long low, long nowMs) {
        return index.offer(team(), 1, low, NOT_SENT, nowMs);
    }

    /** Brings all offers into a run. */
    private void flush(long position) {
        index.settled(position, NOW);
        index.close();
        index = filled(OPTIONS);
        assertThat(index.flushedPosition()).isEqualTo(position);
    }

    @Test
    void tellsARepeatForExactlyOneDayInTheTableInARunAndInAMergedRun() {
        for (int ids = 0; ids < 20; ids++) {
            assertThat(offer(ids, NOW + ids)).isEqualTo(Verdict.FIRST);
        }
        assertThat(offer(3, NOW + DAY_MS + 2)).isEqualTo(Verdict.REPEAT);
        flush(20);
        assertThat(index.runCount()).isEqualTo(1);
        requireExactExpiry();
        for (int ids = 100; ids < 110; ids++) {
            offer(ids, NOW + 100);
        }
        flush(30);
        assertThat(index.runCount()).isEqualTo(2);
        index.maintain(NOW + 3 * HOUR_MS);
        assertThat(index.runCount()).isEqualTo(1);
        requireExactExpiry();
        assertThat(offer(3, NOW + DAY_MS + 3)).isEqualTo(Verdict.FIRST);
        assertThat(offer(3, NOW + DAY_MS + 3)).isEqualTo(Verdict.REPEAT);
        assertThat(offer(3, NOW + 2 * DAY_MS + 2)).isEqualTo(Verdict.REPEAT);
    }

    private void requireExactExpiry() {
        for (int ids = 0; ids < 20; ids++) {
            assertThat(offer(ids, NOW + ids + DAY_MS - 1)).isEqualTo(Verdict.REPEAT);
            assertThat(offer(ids, NOW + ids + DAY_MS)).isEqualTo(Verdict.FIRST);
            index.withdraw(team(), 1, ids);
        }
    }

    @Test
    void removesRunsOnceAllOfThemHasExpired() {
        offer(1, NOW);
        offer(2, NOW + 1_000);
        flush(2);
        index.maintain(NOW + DAY_MS + 999);
        assertThat(index.runCount()).isEqualTo(1);
        index.maintain(NOW + DAY_MS + 1_000);
        assertThat(index.runCount()).isZero();
        assertThat(index.size()).isZero();
        assertThat(files.files())
                .noneMatch(file -> file.getFileName().toString().startsWith("run-"));
        flushNothing();
        assertThat(index.flushedPosition()).isEqualTo(2);
    }

    private void flushNothing() {
        index.close();
        index = filled(OPTIONS);
    }

    @Test
    void keepsTheSameIdOfTwoTeamsApart() {
        assertThat(offer(5, NOW)).isEqualTo(Verdict.FIRST);
        flush(1);
        int other = index.teamNumber("other");
        assertThat(index.offer(other, 1, 5, NOT_SENT, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(index.offer(other, 1, 5, NOT_SENT, NOW)).isEqualTo(Verdict.REPEAT);
        assertThat(index.offer(index.teamNumber("team"), 1, 5, NOT_SENT, NOW)).isEqualTo(Verdict.REPEAT);
    }

    @Test
    void findsAnyIdOfAnyVersionAndNoneThatDiffersInOneBit() {
        long seed = Long.getLong("freshet.seed", System.nanoTime());
        System.out.println("DuplicateIndexTest seed " + seed);
        Random random = new Random(seed);
        List<long[]> ids = new ArrayList<>();
        for (int version = 0; version < 16; version++) {
            for (int variant = 0; variant < 4; variant++) {
                ids.add(new long[] {
                    (random.nextLong() & ~0xf000L) | ((long) version << 12),
                    (random.nextLong() >>> 2) | ((long) variant << 62)
                });
            }
        }
        ids.forEach(id ->
                assertThat(index.offer(team(), id[0], id[1], NOT_SENT, NOW)).isEqualTo(Verdict.FIRST));
        flush(ids.size());
        int again = index.teamNumber("team");
        for (long[] id : ids) {
            assertThat(index.offer(again, id[0], id[1], NOT_SENT, NOW)).isEqualTo(Verdict.REPEAT);
            for (int bit = 0; bit < 128; bit++) {
                long high = id[0] ^ (bit < 64 ? 1L << bit : 0);
                long low = id[1] ^ (bit < 64 ? 0 : 1L << (bit - 64));
                boolean isOther = ids.stream().noneMatch(one -> one[0] == high && one[1] == low);
                assertThat(index.offer(again, high, low, NOT_SENT, NOW) == Verdict.FIRST)
                        .isEqualTo(isOther);
                index.withdraw(again, high, low);
            }
        }
    }

    @Test
    void findsAmongManyIdsWhoseFirstHalfIsTheSame() {
        for (int low = 0; low < 10_000; low++) {
            assertThat(offer(low, NOW)).isEqualTo(Verdict.FIRST);
            index.settled(low + 1, NOW);
        }
        flush(10_000);
        index.maintain(NOW + 3 * HOUR_MS);
        assertThat(index.runCount()).isEqualTo(1);
        for (int low = 0; low < 10_000; low++) {
            assertThat(offer(low, NOW)).isEqualTo(Verdict.REPEAT);
        }
        assertThat(offer(10_000, NOW)).isEqualTo(Verdict.FIRST);
    }

    @Test
    void asksOnlyTheLastTwentyMinutesForAnEventOfNow() {
        for (int low = 0; low < 700; low++) {
            offer(low, NOW);
        }
        flush(700);
        long later = NOW + Duration.ofMinutes(21).toMillis();
        long before = index.diskLookups();
        assertThat(index.offer(team(), 1, 9_999, later, later)).isEqualTo(Verdict.FIRST);
        assertThat(index.diskLookups()).isEqualTo(before);
        // What is asked for by its real time is found; by a time of now it cannot have come, so that it is not looked
        // for.
        assertThat(index.offer(team(), 1, 5, NOW, later)).isEqualTo(Verdict.REPEAT);
        assertThat(index.offer(team(), 1, 6, NOT_SENT, later)).isEqualTo(Verdict.REPEAT);
        assertThat(index.diskLookups()).isEqualTo(before + 2);
        assertThat(index.offer(
                        team(), 1, 7, NOW - 1, NOW + Duration.ofMinutes(14).toMillis()))
                .isEqualTo(Verdict.REPEAT);
    }

    @Test
    void knowsAfterAKillWhatTheLogHasPastTheRuns() {
        for (int low = 0; low < 700; low++) {
            offer(low, NOW);
        }
        index.settled(700, NOW);
        assertThat(index.flushedPosition()).isEqualTo(700);
        offer(1_000, NOW);
        index.settled(701, NOW);
        files.kill();

        index = filled(OPTIONS);
        assertThat(index.flushedPosition()).isEqualTo(700);
        assertThat(offer(1_000, NOW))
                .as("the control: not known before the log is read")
                .isEqualTo(Verdict.FIRST);
        index.withdraw(team(), 1, 1_000);
        index.remember("team", 1, 1_000, NOW, NOW);
        index.remembered(701);
        assertThat(offer(1_000, NOW)).isEqualTo(Verdict.REPEAT);
        assertThat(offer(699, NOW)).isEqualTo(Verdict.REPEAT);
    }

    @Test
    void doesNotFlushWhatIsNotSettled() {
        offer(1, NOW);
        index.close();
        index = filled(OPTIONS);
        assertThat(offer(1, NOW)).isEqualTo(Verdict.FIRST);
    }

    @Test
    void refusesWhileTheDiskIsFullAndLosesNothing() {
        index.close();
        DuplicatesOptions small = OPTIONS.withLimits(30_000, 1 << 28);
        index = filled(small);
        int taken = 0;
        int refused = 0;
        for (int low = 0; low < 10_000; low++) {
            switch (offer(low, NOW)) {
                case FIRST -> {
                    assertThat(low).isEqualTo(taken);
                    taken++;
                }
                case NO_ROOM -> refused++;
                case REPEAT -> throw new AssertionError("nothing was repeated");
            }
            index.settled(taken, NOW);
        }
        assertThat(refused).isPositive();
        assertThat(taken).isGreaterThan(1_500);
        assertThat(index.diskBytes()).isLessThanOrEqualTo(30_000);
        for (int low = 0; low < taken; low++) {
            assertThat(offer(low, NOW)).isEqualTo(Verdict.REPEAT);
        }
        index.maintain(NOW + DAY_MS);
        long later = NOW + DAY_MS + 2_000;
        assertThat(offer(20_000, later)).isEqualTo(Verdict.NO_ROOM);
        index.settled(taken, later);
        index.settled(taken, later);
        assertThat(offer(20_000, later)).isEqualTo(Verdict.FIRST);
    }

    @Test
    void keepsCoarserTimesWhereExactOnesDoNotFitAndForgetsLateNotEarly() {
        index.close();
        // A span may take 130 kB: 10,000 ids of 13 bytes.
        DuplicatesOptions tight = OPTIONS.withLimits(26 * 130_000, 1 << 28);
        index = filled(tight);
        Random random = new Random(11);
        List<long[]> ids = new ArrayList<>();
        for (int count = 0; count < 9_000; count++) {
            long[] id = {
                (random.nextLong() & ~0xf000L) | 0x4000, (random.nextLong() >>> 2) | (1L << 63), NOW + count * 300L
            };
            ids.add(id);
            assertThat(index.offer(team(), id[0], id[1], NOT_SENT, id[2])).isEqualTo(Verdict.FIRST);
            index.settled(ids.size(), NOW + count * 300L);
        }
        index.close();
        index = filled(tight);
        index.maintain(NOW + 3 * HOUR_MS);
        assertThat(index.runCount()).isEqualTo(1);
        RunFacts facts = index.runs().getFirst().facts();
        assertThat(facts.timeShift()).isPositive();
        int again = index.teamNumber("team");
        for (long[] id : ids.subList(0, 200)) {
            assertThat(index.offer(again, id[0], id[1], NOT_SENT, id[2] + DAY_MS - 1))
                    .isEqualTo(Verdict.REPEAT);
            assertThat(index.offer(again, id[0], id[1], NOT_SENT, id[2] + DAY_MS + (1L << facts.timeShift())))
                    .isEqualTo(Verdict.FIRST);
            index.withdraw(again, id[0], id[1]);
        }
    }

    @Test
    void refusesADamagedRunAndBeginsAnewAfterwards() {
        offer(1, NOW);
        flush(1);
        index.close();
        Path run = files.files().stream()
                .filter(file -> file.getFileName().toString().startsWith("run-"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = files.content(run);
        for (int size : new int[] {0, 10, bytes.length - 1}) {
            byte[] manifest = files.content(Path.of("ids", Manifest.NAME));
            files.setContent(run, java.util.Arrays.copyOf(bytes, size));
            assertThatThrownBy(() -> filled(OPTIONS))
                    .isInstanceOf(DuplicatesException.class)
                    .hasMessageContaining("damaged");
            DuplicateIndex anew = DuplicateIndex.openUnthreaded(OPTIONS.withFiles(files));
            assertThat(anew.isFilled()).isFalse();
            anew.close();
            files.setContent(Path.of("ids", Manifest.NAME), manifest);
        }
        files.setContent(run, bytes);
        index = filled(OPTIONS);
        assertThat(offer(1, NOW)).as("the control").isEqualTo(Verdict.REPEAT);
    }

    @Test
    void refusesADamagedPageWhenItMeetsIt() {
        offer(1, NOW);
        flush(1);
        Path run = files.files().stream()
                .filter(file -> file.getFileName().toString().startsWith("run-"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = files.content(run);
        bytes[10] ^= 1;
        index.close();
        files.setContent(run, bytes);
        index = filled(OPTIONS);
        assertThatThrownBy(() -> offer(1, NOW)).isInstanceOf(DuplicatesException.class);
        index.close();
        assertThat(DuplicateIndex.openUnthreaded(OPTIONS.withFiles(files)).isFilled())
                .isFalse();
    }

    @Test
    void refusesADamagedManifest() {
        offer(1, NOW);
        flush(1);
        index.close();
        byte[] bytes = files.content(Path.of("ids", Manifest.NAME));
        bytes[bytes.length / 2] ^= 1;
        files.setContent(Path.of("ids", Manifest.NAME), bytes);
        assertThatThrownBy(() -> filled(OPTIONS)).isInstanceOf(DuplicatesException.class);
        assertThat(DuplicateIndex.openUnthreaded(OPTIONS.withFiles(files)).isFilled())
                .isFalse();
    }

    @Test
    void beginsAnewWhereTheFirstFillingWasCutOff() {
        index.close();
        DuplicatesOptions options = new DuplicatesOptions(
                files, Path.of("other"), 1 << 30, 1 << 28, 256, Duration.ofHours(1), Duration.ofMinutes(10), 1 << 20);
        DuplicateIndex filling = DuplicateIndex.openUnthreaded(options);
        for (int low = 0; low < 1_000; low++) {
            filling.remember("team", 1, low, NOW, NOW);
        }
        assertThat(filling.runCount()).isPositive();
        files.kill();
        DuplicateIndex anew = DuplicateIndex.openUnthreaded(options);
        assertThat(anew.isFilled()).isFalse();
        assertThat(anew.size()).isZero();
        assertThat(files.list(Path.of("other"))).noneMatch(name -> name.startsWith("run-"));
    }

    @Test
    void movesOnWhereNobodySendsIds() {
        long ageMs = OPTIONS.flushAge().toMillis();
        index.settled(10, NOW);
        long before = index.flushedPosition();
        index.settled(20, NOW + ageMs - 1);
        assertThat(index.flushedPosition()).isEqualTo(before);
        index.settled(30, NOW + ageMs);
        assertThat(index.flushedPosition()).isEqualTo(30);
        assertThat(index.runCount()).isZero();

        offer(1, NOW + ageMs);
        index.settled(40, NOW + ageMs);
        assertThat(index.flushedPosition()).isEqualTo(30);
        index.settled(50, NOW + 2 * ageMs);
        assertThat(index.flushedPosition()).isEqualTo(50);

        index.settled(60, NOW + 2 * ageMs);
        index.close();
        index = filled(OPTIONS);
        assertThat(index.flushedPosition()).isEqualTo(60);
    }

    @Test
    void takesAnIdLongAfterTheOneBefore() {
        long later = NOW + 25 * DAY_MS;
        assertThat(offer(1, NOW)).isEqualTo(Verdict.FIRST);
        assertThat(offer(2, later)).isEqualTo(Verdict.NO_ROOM);
        assertThat(offer(1, later)).isEqualTo(Verdict.NO_ROOM);
        index.settled(1, later);
        assertThat(offer(2, later)).isEqualTo(Verdict.FIRST);
        assertThat(offer(1, later)).isEqualTo(Verdict.FIRST);
        assertThat(offer(2, later)).isEqualTo(Verdict.REPEAT);
    }

    private List<Path> filesNamed(String part) {
        return files.files().stream()
                .filter(file -> file.getFileName().toString().contains(part))
                .toList();
    }

    /** The index as it is once it has met a page that is damaged. */
    private void damaged() {
        offer(1, NOW);
        flush(1);
        Path run = filesNamed("run-").getFirst();
        byte[] bytes = files.content(run);
        bytes[10] ^= 1;
        index.close();
        files.setContent(run, bytes);
        index = filled(OPTIONS);
        assertThatThrownBy(() -> offer(1, NOW)).isInstanceOf(DuplicatesException.class);
    }

    @Test
    void writesNoFilesOnceDamageWasFound() {
        damaged();
        offer(2, NOW);
        for (int attempt = 0; attempt < 5; attempt++) {
            index.settled(2 + attempt, NOW + HOUR_MS + attempt * 2_000L);
            index.maintain(NOW + 2 * HOUR_MS);
        }

        assertThat(filesNamed("run-")).hasSize(1);
        assertThat(filesNamed(".tmp")).isEmpty();
        assertThat(index.failure()).hasValueSatisfying(text -> assertThat(text).contains("damaged", "start"));
    }

    @Test
    void refusesNewIdsWhenDamageKeepsThemFromTheDiskAndStillTellsRepeats() {
        damaged();
        int taken = 0;
        Verdict verdict = offer(10, NOW);
        for (long low = 11; verdict == Verdict.FIRST; low++) {
            taken++;
            index.settled(low, NOW + HOUR_MS);
            verdict = offer(low, NOW + HOUR_MS);
        }

        assertThat(verdict).isEqualTo(Verdict.NO_ROOM);
        assertThat(taken).isLessThan(2 * OPTIONS.tableSlots());
        assertThat(offer(10, NOW + HOUR_MS)).isEqualTo(Verdict.REPEAT);
    }

    /** Each call of the file system in turn fails for a while; whatever it is, that is said, and files do not pile up. */
    @Test
    void aFlushThatFailsAgainAndAgainLeavesNoFilesAndSaysSo() {
        for (int call = 1; call < 12; call++) {
            index.close();
            index = filled(OPTIONS);
            int runs = index.runCount();
            long atMs = NOW + 2 * HOUR_MS * call;
            offer(call, atMs);
            for (int attempt = 0; attempt < 4; attempt++) {
                files.failCall(call, false);
                index.settled(call, atMs + HOUR_MS + attempt * 2_000L);
                if (index.runCount() == runs) {
                    assertThat(index.failure()).as("call %d", call).isPresent();
                    assertThat(filesNamed("run-")).as("call %d", call).hasSizeBetween(runs, runs + 1);
                }
            }
            files.stopFailing();

            index.settled(call, atMs + HOUR_MS + 60_000);

            assertThat(index.failure()).as("call %d", call).isEmpty();
            assertThat(index.runCount()).isEqualTo(runs + 1);
            assertThat(filesNamed("run-")).as("call %d", call).hasSize(runs + 1);
            assertThat(offer(call, atMs + HOUR_MS + 60_000)).isEqualTo(Verdict.REPEAT);
        }
    }

    @Test
    void aMergeThatFailsLeavesNoFileBehind() {
        for (int run = 1; run <= 8; run++) {
            offer(run, NOW + run);
            flush(run);
        }
        assertThat(filesNamed("run-")).hasSize(8);
        for (int call = 1; call < 12; call++) {
            files.failCall(call, false);
            index.maintain(NOW + 1_000);
            boolean hasFailed = files.hasFailed();
            files.stopFailing();
            if (!hasFailed) {
                break;
            }
            assertThat(filesNamed("run-")).as("call %d", call).hasSizeLessThanOrEqualTo(9);
        }
        index.maintain(NOW + 1_000);

        assertThat(index.runCount()).isEqualTo(1);
        for (int run = 1; run <= 8; run++) {
            assertThat(offer(run, NOW + 2_000)).isEqualTo(Verdict.REPEAT);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs).as("time left").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** With its threads, whose executors keep what a task throws to themselves. */
    @Test
    void aRunThatComesOutDamagedIsSaidAndWrittenAgain() {
        DamagingFiles damaging = new DamagingFiles();
        Path folder = Path.of("ids");
        DuplicatesOptions options = OPTIONS.withFiles(damaging);
        try (DuplicateIndex threaded = DuplicateIndex.open(options, position -> {})) {
            threaded.filled(0);
            damaging.setDamaging(true);
            threaded.offer(threaded.teamNumber("team"), 1, 1, NOT_SENT, NOW);
            threaded.settled(1, NOW + HOUR_MS);
            await(() -> threaded.failure().isPresent());
            assertThat(threaded.failure())
                    .hasValueSatisfying(text -> assertThat(text).contains("cannot be written", "damaged"));
            assertThat(damaging.list(folder)).noneMatch(name -> name.startsWith("run-"));

            damaging.setDamaging(false);
            AtomicLong atMs = new AtomicLong(NOW + 2 * HOUR_MS);
            await(() -> {
                threaded.settled(1, atMs.addAndGet(2_000));
                return threaded.failure().isEmpty();
            });
            assertThat(threaded.runCount()).isEqualTo(1);
            assertThat(threaded.offer(threaded.teamNumber("team"), 1, 1, NOT_SENT, NOW + HOUR_MS))
                    .isEqualTo(Verdict.REPEAT);
        }
    }

    /** A failure of whoever is told is no failure of writing, and must not end what comes later. */
    @Test
    void aListenerThatFailsKeepsNothingFromTheDisk() {
        DuplicatesOptions options = new DuplicatesOptions(
                files, Path.of("told"), 1 << 30, 1 << 28, 256, Duration.ofHours(1), Duration.ofMinutes(10), 1 << 20);
        List<Long> told = new ArrayList<>();
        DuplicateIndex telling = DuplicateIndex.openUnthreaded(options, position -> {
            told.add(position);
            if (told.size() == 2) {
                throw new IllegalStateException("the test says no");
            }
        });
        telling.filled(0);
        for (int count = 1; count <= 3; count++) {
            long atMs = NOW + count * HOUR_MS;
            telling.offer(telling.teamNumber("team"), 1, count, NOT_SENT, atMs);
            telling.settled(count, atMs + HOUR_MS);
        }

        assertThat(told).containsExactly(0L, 1L, 2L, 3L);
        assertThat(telling.failure()).isEmpty();
        assertThat(telling.runCount()).isEqualTo(3);
    }

    @Test
    void aFlushThatFailsLeavesNoFileBehind() {
        offer(1, NOW);
        files.failCall(2, false);
        index.settled(1, NOW + HOUR_MS);
        assertThat(files.files()).noneMatch(file -> file.toString().endsWith(".tmp"));
        assertThat(offer(1, NOW + HOUR_MS)).isEqualTo(Verdict.REPEAT);
    }
}
