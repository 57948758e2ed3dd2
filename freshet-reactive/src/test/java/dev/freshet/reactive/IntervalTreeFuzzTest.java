package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntervalTreeFuzzTest {
    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void findsTheHoldersThatALinearSearchFinds() {
        System.out.println("IntervalTreeFuzzTest seed " + seed);
        IntervalTree<Integer> tree = new IntervalTree<>();
        Set<Held> model = new HashSet<>();
        for (int step = 0; step < 4_000; step++) {
            if (model.isEmpty() || random.nextInt(100) < (step / 1_000 % 2 == 0 ? 70 : 30)) {
                Held held = new Held(interval(), random.nextInt(20));
                tree.add(held.interval, held.holder);
                model.add(held);
            } else {
                Held held = random.nextBoolean()
                        ? new ArrayList<>(model).get(random.nextInt(model.size()))
                        : new Held(interval(), random.nextInt(20));
                tree.remove(held.interval, held.holder);
                model.remove(held);
            }
            assertThat(tree.size()).as("seed %d", seed).isEqualTo(model.size());
            IndexKey key = key();
            List<Integer> found = new ArrayList<>();
            tree.forEachContaining(key, found::add);
            Collections.sort(found);
            assertThat(found)
                    .as("seed %d step %d key %s", seed, step, key)
                    .isEqualTo(model.stream()
                            .filter(held -> held.interval.contains(key))
                            .map(Held::holder)
                            .sorted()
                            .toList());
        }
    }

    @Test
    void aReadSetContainsExactlyWhatItsIntervalsContain() {
        System.out.println("IntervalTreeFuzzTest seed " + seed);
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
                assertThat(merged.get(position - 1).upper()).isLessThan(merged.get(position).lower());
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

    private record Held(Interval interval, int holder) {}
}
