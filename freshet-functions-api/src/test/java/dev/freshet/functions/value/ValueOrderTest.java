package dev.freshet.functions.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueOrderTest {
    private static final double NEGATIVE_NAN = Double.longBitsToDouble(0xfff8000000000000L);

    /** From the least to the greatest, as the protocol has it; undefined is not a value. */
    private static final List<ConvexValue> IN_ORDER = List.of(
            ConvexValue.ofNull(),
            ConvexValue.int64(Long.MIN_VALUE),
            ConvexValue.int64(-1),
            ConvexValue.int64(Long.MAX_VALUE),
            ConvexValue.of(NEGATIVE_NAN),
            ConvexValue.of(Double.NEGATIVE_INFINITY),
            ConvexValue.of(-1.5),
            ConvexValue.of(-0.0),
            ConvexValue.of(0.0),
            ConvexValue.of(Double.MIN_VALUE),
            ConvexValue.of(Double.POSITIVE_INFINITY),
            ConvexValue.of(Double.NaN),
            ConvexValue.of(false),
            ConvexValue.of(true),
            ConvexValue.of(""),
            ConvexValue.of("\0"),
            ConvexValue.of("a"),
            ConvexValue.of("a\0"),
            ConvexValue.of("ab"),
            ConvexValue.of("\uffff"),
            // By UTF-8 a character past the basic plane comes last; by char it would come before \uffff.
            ConvexValue.of("\ud83d\uded2"),
            ConvexValue.of(new byte[] {}),
            ConvexValue.of(new byte[] {0}),
            ConvexValue.of(new byte[] {0, 0}),
            ConvexValue.of(new byte[] {(byte) 0x80}),
            ConvexValue.array(),
            ConvexValue.array(ConvexValue.ofNull()),
            ConvexValue.array(ConvexValue.of("a"), ConvexValue.of("z")),
            ConvexValue.array(ConvexValue.of("b")),
            ConvexObject.empty(),
            ConvexObject.of("a", ConvexValue.of(1.0)),
            ConvexObject.of("a", ConvexValue.of(1.0), "b", ConvexValue.ofNull()),
            ConvexObject.of("b", ConvexValue.of(0.0)));

    @Test
    void valuesOfAllTypesHaveOneOrder() {
        for (int left = 0; left < IN_ORDER.size(); left++) {
            for (int right = 0; right < IN_ORDER.size(); right++) {
                assertThat(Integer.signum(IN_ORDER.get(left).compareTo(IN_ORDER.get(right))))
                        .as("%s against %s", IN_ORDER.get(left), IN_ORDER.get(right))
                        .isEqualTo(Integer.compare(left, right));
            }
        }
    }

    @Test
    void anyShuffleIsSortedBack() {
        List<ConvexValue> shuffled = new ArrayList<>(IN_ORDER);
        Collections.shuffle(shuffled, new Random(7));
        Collections.sort(shuffled);

        assertThat(shuffled).isEqualTo(IN_ORDER);
    }

    @Test
    void whatCannotBeAValueIsRefused() {
        assertThatThrownBy(() -> ConvexValue.of("\ud800")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> ConvexObject.of("$x", ConvexValue.ofNull())).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> ConvexObject.of("ü", ConvexValue.ofNull())).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> ConvexValue.of((1L << 53) + 1)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void sizesFollowTheDocumentedFormula() {
        ConvexValue value = ConvexObject.of(
                "ab", ConvexValue.array(ConvexValue.of("ü"), ConvexValue.int64(1)), "c", ConvexValue.of(true));

        // object 2, "ab" 2+1, array 2, text 2+2, int64 9, "c" 1+1, boolean 1
        assertThat(value.size()).isEqualTo(2 + 3 + 2 + 4 + 9 + 2 + 1);
    }
}
