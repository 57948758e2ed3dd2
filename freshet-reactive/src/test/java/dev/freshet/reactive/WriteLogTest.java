package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WriteLogTest {
    private static final IndexId INDEX = new IndexId("table", "index");

    @Test
    void tellsTheFirstCommitAfterATimestampThatTouchedARead() {
        WriteLog log = new WriteLog(10, 100, 0);
        log.append(10, List.of(touch(1)));
        log.append(20, List.of(touch(2), touch(3)));
        log.append(30, List.of(touch(1)));

        assertThat(log.firstOverlapAfter(0, reads(1))).hasValue(10);
        assertThat(log.firstOverlapAfter(10, reads(1))).hasValue(30);
        assertThat(log.firstOverlapAfter(10, reads(3))).hasValue(20);
        assertThat(log.firstOverlapAfter(30, reads(1))).isEmpty();
        assertThat(log.firstOverlapAfter(0, reads(4))).isEmpty();
    }

    @Test
    void aTimestampBeforeWhatIsKeptCountsAsTouchedRightAfterIt() {
        WriteLog log = new WriteLog(2, 100, 0);
        log.append(10, List.of(touch(1)));
        log.append(20, List.of(touch(2)));
        log.append(30, List.of(touch(2)));

        // The commit at 10 is forgotten; whether 5 was the last moment that the read held cannot be known any more.
        assertThat(log.firstOverlapAfter(5, reads(9))).hasValue(6);
        assertThat(log.firstOverlapAfter(10, reads(9))).isEmpty();
    }

    @Test
    void itIsBoundedByKeysToo() {
        WriteLog log = new WriteLog(100, 3, 0);
        log.append(10, List.of(touch(1), touch(2)));
        log.append(20, List.of(touch(1), touch(2)));

        assertThat(log.firstOverlapAfter(9, reads(9))).hasValue(10);
        assertThat(log.firstOverlapAfter(10, reads(9))).isEmpty();
    }

    @Test
    void whatIsTakenBackTouchedNothing() {
        WriteLog log = new WriteLog(10, 2, 0);
        log.append(10, List.of(touch(1)));
        log.append(20, List.of(touch(2)));

        log.forgetAfter(10);
        log.append(30, List.of(touch(3)));

        assertThat(log.firstOverlapAfter(0, reads(1))).hasValue(10);
        assertThat(log.firstOverlapAfter(0, reads(2))).isEmpty();
        assertThat(log.firstOverlapAfter(10, reads(3))).hasValue(30);
    }

    /** Both ways to look, against each other and against all commits that are kept. */
    @Test
    void tellsTheSameByKeyAndByCommit() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            WriteLog log = new WriteLog(1 + random.nextInt(20), 1 + random.nextInt(60), 0);
            TreeMap<Long, Set<Integer>> commits = new TreeMap<>();
            for (long nowNs = 1; nowNs < 60; nowNs++) {
                if (random.nextInt(15) == 0) {
                    long keptNs = Math.max(0, nowNs - 1 - random.nextInt(4));
                    log.forgetAfter(keptNs);
                    commits.tailMap(keptNs, false).clear();
                } else {
                    Set<Integer> keys = new TreeSet<>();
                    random.ints(random.nextInt(5), 0, 120).forEach(keys::add);
                    log.append(nowNs, keys.stream().map(WriteLogTest::touch).toList());
                    commits.put(nowNs, keys);
                }
                int lower = random.nextInt(120);
                int upper = lower + 1 + random.nextInt(110);
                ReadSet reads = reads(lower, upper);
                long sinceNs = random.nextLong(nowNs + 1);
                OptionalLong told = log.firstOverlapAfter(sinceNs, reads);
                OptionalLong first = commits.tailMap(sinceNs, false).entrySet().stream()
                        .filter(commit -> commit.getValue().stream().anyMatch(key -> lower <= key && key < upper))
                        .mapToLong(Map.Entry::getKey)
                        .findFirst();
                assertThat(log.isTouchedAfter(sinceNs, reads))
                        .as("seed %d", seed)
                        .isEqualTo(told.isPresent());
                if (!told.equals(OptionalLong.of(sinceNs + 1))) {
                    assertThat(told).as("seed %d", seed).isEqualTo(first);
                }
            }
        }
    }

    @Test
    void whatIsTakenBackWasNotForgottenEither() {
        WriteLog log = new WriteLog(10, 2, 0);
        log.append(10, List.of(touch(1)));
        log.append(20, List.of(touch(2), touch(3), touch(4)));

        log.forgetAfter(10);

        assertThat(log.firstOverlapAfter(10, reads(2))).isEmpty();
        assertThat(log.firstOverlapAfter(9, reads(2))).hasValue(10);
    }

    private static WriteLog.TouchedKey touch(int key) {
        return new WriteLog.TouchedKey(INDEX, key(key));
    }

    private static ReadSet reads(int key) {
        ReadSet.Builder builder = ReadSet.builder();
        builder.add(INDEX, new Interval(key(key), key(key).next()));
        return builder.build();
    }

    private static ReadSet reads(int lower, int upper) {
        ReadSet.Builder builder = ReadSet.builder();
        builder.add(INDEX, new Interval(key(lower), key(upper)));
        return builder.build();
    }

    private static IndexKey key(int key) {
        return new IndexKey(new byte[] {(byte) key});
    }
}
