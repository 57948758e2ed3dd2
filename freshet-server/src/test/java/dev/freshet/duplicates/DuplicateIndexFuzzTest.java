package dev.freshet.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.duplicates.DuplicateFilter.Verdict;
import dev.freshet.eventlog.MemoryLogFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any ids of any teams at any times, with settling, maintenance, failing files, crashes and restarts, against a map. The log is a
 * list of what was settled; after a crash the index is given what follows its flushed position, as the server does.
 */
class DuplicateIndexFuzzTest {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final DuplicatesOptions OPTIONS =
            DuplicatesOptions.in(Path.of("ids")).withTableSlots(256);

    private record Id(String teamId, long high, long low) {}

    private record Logged(Id id, long receivedAtMs) {}

    private final MemoryLogFiles files = new MemoryLogFiles();
    private final Map<Id, Long> model = new HashMap<>();
    private final List<Logged> log = new ArrayList<>();
    private final List<Id> seen = new ArrayList<>();
    private final Random random;
    private final long seed = Long.getLong("freshet.seed", System.nanoTime());
    private DuplicateIndex index;
    private boolean forgetsTheLog;
    private long nowMs = 1_772_366_400_000L;
    private int repeats;
    private int crashes;
    private int mergedRuns;

    DuplicateIndexFuzzTest() {
        System.out.println("DuplicateIndexFuzzTest seed " + seed);
        random = new Random(seed);
        index = open();
    }

    private DuplicateIndex open() {
        DuplicateIndex opened = DuplicateIndex.openUnthreaded(OPTIONS.withFiles(files));
        if (!opened.isFilled()) {
            replay(opened, 0);
            opened.filled(log.size());
        }
        replay(opened, opened.flushedPosition());
        return opened;
    }

    private void replay(DuplicateIndex opened, long position) {
        if (forgetsTheLog) {
            return;
        }
        for (int at = (int) position; at < log.size(); at++) {
            Logged logged = log.get(at);
            opened.remember(logged.id.teamId, logged.id.high, logged.id.low, logged.receivedAtMs, nowMs);
            if (opened.isFilled() && random.nextInt(20) == 0) {
                opened.remembered(at + 1);
            }
        }
        opened.remembered(log.size());
    }

    @Test
    void agreesWithAMapWhateverHappensToIt() {
        for (int step = 0; step < 1_500; step++) {
            offerAGroup(step);
            switch (random.nextInt(40)) {
                case 0 -> files.failCall(1 + random.nextInt(30), random.nextBoolean());
                case 1 -> restart(random.nextInt(3));
                case 2, 3, 4, 5 -> index.maintain(nowMs);
                case 6 -> nowMs += random.nextInt(4 * 3_600_000);
                default -> nowMs += random.nextInt(200_000);
            }
            if (random.nextInt(10) == 0) {
                files.stopFailing();
            }
            mergedRuns = Math.max(mergedRuns, (int)
                    index.runs().stream().filter(run -> run.facts().level() > 0).count());
        }
        System.out.printf("events=%d repeats=%d crashes=%d mergedRuns=%d%n", log.size(), repeats, crashes, mergedRuns);
        assertThat(repeats).isGreaterThan(1_000);
        assertThat(crashes).isGreaterThan(2);
        assertThat(mergedRuns).isGreaterThan(5);
    }

    @Test
    void theControlAnIndexThatIsNotGivenTheLogDisagrees() {
        forgetsTheLog = true;
        assertThatThrownBy(this::agreesWithAMapWhateverHappensToIt)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("first received");
    }

    private void offerAGroup(int step) {
        int count = random.nextInt(30);
        for (int offered = 0; offered < count; offered++) {
            Id id = random.nextInt(3) == 0 && !seen.isEmpty() ? seen.get(random.nextInt(seen.size())) : fresh();
            Long first = model.get(id);
            boolean isRepeat = first != null && nowMs - first < DAY_MS;
            boolean isCloseAllowed = first == null || nowMs - first < 600_000 || nowMs - first >= DAY_MS;
            long sentAtMs = isCloseAllowed && random.nextBoolean()
                    ? nowMs + random.nextInt(1_000_000) - 700_000
                    : DuplicateFilter.NOT_SENT;
            int team = index.teamNumber(id.teamId);
            Verdict verdict = index.offer(team, id.high, id.low, sentAtMs, nowMs);
            if (verdict == Verdict.NO_ROOM) {
                continue;
            }
            assertThat(verdict)
                    .as("seed %d step %d, first received %s ago", seed, step, first == null ? -1 : nowMs - first)
                    .isEqualTo(isRepeat ? Verdict.REPEAT : Verdict.FIRST);
            if (isRepeat) {
                repeats++;
            } else if (random.nextInt(10) == 0) {
                index.withdraw(team, id.high, id.low);
                model.remove(id);
            } else {
                model.put(id, nowMs);
                log.add(new Logged(id, nowMs));
                seen.add(id);
            }
        }
        index.settled(log.size(), nowMs);
    }

    /** All of a group is settled when it is cut off, so that the log holds all that the model does. */
    private void restart(int how) {
        switch (how) {
            case 0 -> {
                index.close();
                files.kill();
            }
            case 1 -> {
                crashes++;
                files.crash(random);
            }
            default -> {
                files.kill();
            }
        }
        index = open();
    }

    private Id fresh() {
        String teamId = "team-" + random.nextInt(3);
        long high = random.nextLong();
        long low = random.nextLong();
        return switch (random.nextInt(5)) {
            case 0 -> new Id(teamId, (high & ~0xf000L) | 0x4000, (low >>> 2) | (1L << 63));
            case 1 -> new Id(teamId, (high & ~0xf000L) | 0x5000, (low >>> 2) | (1L << 63));
            case 2 -> new Id(teamId, (nowMs << 16) | (high & 0xfff) | 0x7000, (low >>> 2) | (1L << 63));
            case 3 -> new Id(teamId, 1, random.nextInt(500));
            default -> new Id(teamId, high, low);
        };
    }
}
