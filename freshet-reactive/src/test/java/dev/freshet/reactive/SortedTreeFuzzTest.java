package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedTreeFuzzTest {
    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void behavesAsATreeMapAndKeepsItsOldVersions() {
        System.out.println("SortedTreeFuzzTest seed " + seed);
        SortedTree<Integer, Integer> tree = SortedTree.empty();
        NavigableMap<Integer, Integer> model = new TreeMap<>();
        List<SortedTree<Integer, Integer>> versions = new ArrayList<>();
        List<Map<Integer, Integer>> models = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(400);
            // Phases of growing and of shrinking, so that the tree is large as well as empty.
            if (random.nextInt(100) < (step / 2_000 % 2 == 0 ? 70 : 30)) {
                tree = tree.with(key, step);
                model.put(key, step);
            } else {
                tree = tree.without(key);
                model.remove(key);
            }
            if (step % 500 == 0) {
                versions.add(tree);
                models.add(new TreeMap<>(model));
            }
            if (step % 20 == 0) {
                compare(tree, model);
            }
        }
        for (int version = 0; version < versions.size(); version++) {
            assertThat(entries(versions.get(version).range(Integer.MIN_VALUE, Integer.MAX_VALUE, false)))
                    .as("seed %d version %d", seed, version)
                    .isEqualTo(List.copyOf(models.get(version).entrySet()));
        }
    }

    private void compare(SortedTree<Integer, Integer> tree, NavigableMap<Integer, Integer> model) {
        int from = random.nextInt(-10, 410);
        int to = from + random.nextInt(-10, 200);
        NavigableMap<Integer, Integer> part =
                from < to ? model.subMap(from, true, to, false) : new TreeMap<Integer, Integer>();

        assertThat(tree.size()).as("seed %d", seed).isEqualTo(model.size());
        assertThat(tree.balanced()).as("seed %d", seed).isTrue();
        assertThat(tree.get(from)).as("seed %d", seed).isEqualTo(Optional.ofNullable(model.get(from)));
        assertThat(tree.count(from, to)).as("seed %d", seed).isEqualTo(part.size());
        assertThat(entries(tree.range(from, to, false))).as("seed %d", seed).isEqualTo(List.copyOf(part.entrySet()));
        assertThat(entries(tree.range(from, to, true)))
                .as("seed %d", seed)
                .isEqualTo(List.copyOf(part.descendingMap().entrySet()));
    }

    private static List<Map.Entry<Integer, Integer>> entries(Iterator<SortedTree.Entry<Integer, Integer>> walk) {
        List<Map.Entry<Integer, Integer>> entries = new ArrayList<>();
        walk.forEachRemaining(entry -> entries.add(Map.entry(entry.key(), entry.value())));
        return entries;
    }
}
