package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IndexRangesFuzzTest {
    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final RandomValues values = new RandomValues(random);

    @Test
    void aRangeContainsTheDocumentsThatSatisfyItsConditions() {
        System.out.println("IndexRangesFuzzTest seed " + seed);
        TableIndex index = TableIndex.of("table", "by_a_b", List.of("a", "b"), false);
        for (int round = 0; round < 20_000; round++) {
            ConvexValue a = values.next(1);
            ConvexValue b = values.next(1);
            Document document = Document.unwritten("id" + round, round, ConvexObject.of("a", a, "b", b));
            ConvexValue equal = random.nextBoolean() ? a : values.next(1);
            ConvexValue lower = values.next(1);
            ConvexValue upper = values.next(1);
            boolean above = random.nextBoolean();
            boolean atLeast = random.nextBoolean();
            boolean below = random.nextBoolean();
            boolean atMost = random.nextBoolean();
            IndexRange range = IndexRange.all().eq("a", equal);
            boolean expected = a.equals(equal);
            if (above) {
                range = atLeast ? range.gte("b", lower) : range.gt("b", lower);
                expected &= b.compareTo(lower) > (atLeast ? -1 : 0);
            }
            if (below) {
                range = atMost ? range.lte("b", upper) : range.lt("b", upper);
                expected &= b.compareTo(upper) < (atMost ? 1 : 0);
            }

            assertThat(IndexRanges.intervalOf(index, range).contains(index.keyOf(document)))
                    .as("seed %d: a=%s b=%s in %s", seed, a, b, range)
                    .isEqualTo(expected);
        }
    }
}
