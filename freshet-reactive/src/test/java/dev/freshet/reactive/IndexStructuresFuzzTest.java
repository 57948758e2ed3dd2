package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The trees and the key encoding against plain collections. */
class IndexStructuresFuzzTest {
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Random random = new Random(seed);

    @BeforeEach
    void printSeed() {
        System.out.println("seed " + seed);
    }

    @Test
    void aSortedTreeIsAnImmutableTreeMap() {
        for (int round = 0; round < 50; round++) {
            SortedTree<Integer, String> tree = SortedTree.empty();
            TreeMap<Integer, String> model = new TreeMap<>();
            SortedTree<Integer, String> old = tree;
            TreeMap<Integer, String> oldModel = new TreeMap<>();
            int keys = 1 + random.nextInt(300);
            for (int step = 0; step < 600; step++) {
                int key = random.nextInt(keys);
                if (random.nextInt(3) == 0) {
                    tree = tree.without(key);
                    model.remove(key);
                } else {
                    tree = tree.with(key, "v" + step);
                    model.put(key, "v" + step);
                }
                if (step == 300) {
                    old = tree;
                    oldModel = new TreeMap<>(model);
                }
            }
            check(tree, model, keys);
            check(old, oldModel, keys);
        }
    }

    private void check(SortedTree<Integer, String> tree, NavigableMap<Integer, String> model, int keys) {
        assertThat(tree.size()).isEqualTo(model.size());
        assertThat(tree.balanced()).isTrue();
        for (int query = 0; query < 20; query++) {
            int lower = random.nextInt(keys + 2) - 1;
            int upper = random.nextInt(keys + 2) - 1;
            Map<Integer, String> part = lower < upper ? model.subMap(lower, upper) : Map.of();
            assertThat(tree.count(lower, upper)).isEqualTo(part.size());
            assertThat(values(tree.range(lower, upper, false))).isEqualTo(List.copyOf(part.values()));
            assertThat(values(tree.range(lower, upper, true)))
                    .isEqualTo(List.copyOf(part.values()).reversed());
            assertThat(tree.get(lower)).isEqualTo(Optional.ofNullable(model.get(lower)));
        }
    }

    private static List<String> values(Iterator<SortedTree.Entry<Integer, String>> entries) {
        List<String> values = new ArrayList<>();
        entries.forEachRemaining(entry -> values.add(entry.value()));
        return values;
    }

    @Test
    void anIntervalTreeFindsExactlyTheIntervalsAroundAKey() {
        for (int round = 0; round < 50; round++) {
            IntervalTree<Integer> tree = new IntervalTree<>();
            Map<Integer, Interval> model = new TreeMap<>();
            for (int step = 0; step < 400; step++) {
                if (random.nextInt(3) == 0 && !model.isEmpty()) {
                    int holder = List.copyOf(model.keySet()).get(random.nextInt(model.size()));
                    Interval interval = Objects.requireNonNull(model.remove(holder));
                    tree.remove(interval, holder);
                } else {
                    Interval interval = new Interval(key(), key());
                    if (!interval.isEmpty()) {
                        tree.add(interval, step);
                        model.put(step, interval);
                    }
                }
            }
            assertThat(tree.size()).isEqualTo(model.size());
            for (int query = 0; query < 30; query++) {
                IndexKey key = key();
                Set<Integer> found = new HashSet<>();
                tree.forEachContaining(key, found::add);
                Set<Integer> expected = new HashSet<>();
                model.forEach((holder, interval) -> {
                    if (interval.contains(key)) {
                        expected.add(holder);
                    }
                });
                assertThat(found).isEqualTo(expected);
            }
        }
    }

    private IndexKey key() {
        return new IndexKey(Integer.toString(random.nextInt(40)).getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void encodedKeysSortAsTheirValuesAndPrefixesHoldWhatBeginsWithThem() {
        for (int pair = 0; pair < 20_000; pair++) {
            ConvexValue left = value(3);
            ConvexValue right = random.nextInt(4) == 0 ? left : value(3);
            ConvexValue second = value(1);

            assertThat(Integer.signum(encoded(left, second).compareTo(encoded(right, second))))
                    .as("%s against %s", left, right)
                    .isEqualTo(Integer.signum(left.compareTo(right)));
            assertThat(Interval.ofPrefix(new IndexKeyWriter().add(left).key()).contains(encoded(right, second)))
                    .as("prefix %s, key %s", left, right)
                    .isEqualTo(left.compareTo(right) == 0);
        }
    }

    private static IndexKey encoded(ConvexValue first, ConvexValue second) {
        return new IndexKeyWriter().add(first).add(second).key();
    }

    private ConvexValue value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> ConvexValue.ofNull();
            case 1 -> ConvexValue.int64(random.nextBoolean() ? random.nextInt(5) - 2 : random.nextLong());
            case 2 -> ConvexValue.of(random.nextBoolean() ? random.nextInt(5) - 2.0 : random.nextGaussian());
            case 3 -> ConvexValue.of(random.nextBoolean());
            case 4 -> ConvexValue.of(text());
            case 5 -> ConvexValue.of(text().getBytes(StandardCharsets.UTF_8));
            case 6 -> {
                List<ConvexValue> elements = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    elements.add(value(depth - 1));
                }
                yield ConvexValue.of(elements);
            }
            default -> {
                ConvexObject.Builder fields = ConvexObject.builder();
                for (int i = random.nextInt(3); i > 0; i--) {
                    fields.put(List.of("a", "ab", "b").get(random.nextInt(3)), value(depth - 1));
                }
                yield fields.build();
            }
        };
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.appendCodePoint(
                    List.of((int) 'a', (int) 'b', 0, 0xff, 0xffff, 0x1f6d2).get(random.nextInt(6)));
        }
        return text.toString();
    }
}
