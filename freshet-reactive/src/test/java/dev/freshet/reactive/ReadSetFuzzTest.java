package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReadSetFuzzTest {
    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void aReadSetContainsExactlyWhatItsIntervalsContain() {
        System.out.println("ReadSetFuzzTest seed " + seed);
        IndexId index = new IndexId("table", "index");
        for (int round = 0; round < 300; round++) {
            ReadSet.Builder builder = ReadSet.builder();
            List<Interval> model = new ArrayList<>();
            for (int count = random.nextInt(12); count > 0; count--) {
                Interval interval = random.nextInt(5) == 0 ? new Interval(key(), key()) : interval();
                builder.add(index, interval);
                model.add(interval);
            }
            ReadSet reads = builder.build();
            for (int probe = 0; probe < 50; probe++) {
                IndexKey key = key();
                assertThat(reads.contains(index, key))
                        .as("seed %d intervals %s key %s", seed, model, key)
                        .isEqualTo(model.stream().anyMatch(interval -> interval.contains(key)));
                assertThat(reads.contains(new IndexId("table", "other"), key)).isFalse();
            }
            List<Interval> merged = reads.intervals().getOrDefault(index, List.of());
            for (int position = 1; position < merged.size(); position++) {
                assertThat(merged.get(position - 1).upper())
                        .isLessThan(merged.get(position).lower());
            }
        }
    }

    private Interval interval() {
        while (true) {
            Interval interval = new Interval(key(), key());
            if (!interval.isEmpty()) {
                return interval;
            }
        }
    }

    private IndexKey key() {
        byte[] bytes = new byte[random.nextInt(1, 3)];
        random.nextBytes(bytes);
        bytes[0] = (byte) (bytes[0] & 0x0F);
        return new IndexKey(bytes);
    }
}
