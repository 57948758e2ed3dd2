package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    private static WriteLog.TouchedKey touch(int key) {
        return new WriteLog.TouchedKey(INDEX, key(key));
    }

    private static ReadSet reads(int key) {
        ReadSet.Builder builder = ReadSet.builder();
        builder.add(INDEX, new Interval(key(key), key(key).next()));
        return builder.build();
    }

    private static IndexKey key(int key) {
        return new IndexKey(new byte[] {(byte) key});
    }
}
