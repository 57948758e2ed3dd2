package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Values of all types, small and alike, so that near misses are common. */
public record RandomValues(SplittableRandom random) {
    private static final double[] NUMBERS = {
        0.0, -0.0, 1, -1, 1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, 1e300
    };
    private static final String[] TEXTS = {"", "\0", "a", "a\0", "a\0b", "ab", "\u00FF", "\uFFFF", "\uD83D\uDE00", "b"};

    /** A value nested at most so deep. */
    public ConvexValue next(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> ConvexNull.NULL;
            case 1 -> ConvexValue.int64(random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(-2, 3));
            case 2 ->
                random.nextInt(4) == 0
                        ? ConvexValue.of(Double.longBitsToDouble(random.nextLong()))
                        : ConvexValue.of(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 3 -> ConvexValue.of(random.nextBoolean());
            case 4 -> ConvexValue.of(TEXTS[random.nextInt(TEXTS.length)]);
            case 5 -> bytes();
            case 6 -> array(depth);
            default -> object(depth);
        };
    }

    private ConvexValue bytes() {
        byte[] bytes = new byte[random.nextInt(3)];
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] = (byte) (random.nextInt(3) - 1);
        }
        return ConvexValue.of(bytes);
    }

    private ConvexValue array(int depth) {
        List<ConvexValue> elements = new ArrayList<>();
        for (int count = random.nextInt(3); count > 0; count--) {
            elements.add(next(depth - 1));
        }
        return ConvexValue.of(elements);
    }

    private ConvexValue object(int depth) {
        ConvexObject.Builder fields = ConvexObject.builder();
        for (int count = random.nextInt(3); count > 0; count--) {
            fields.put(new String[] {"a", "aa", "b"}[random.nextInt(3)], next(depth - 1));
        }
        return fields.build();
    }
}
