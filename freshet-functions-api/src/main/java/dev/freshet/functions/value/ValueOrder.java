package dev.freshet.functions.value;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Convex's total order of values. */
final class ValueOrder {
    private ValueOrder() {}

    static int compare(ConvexValue left, ConvexValue right) {
        if (left.type() != right.type()) {
            return left.type().compareTo(right.type());
        }
        return switch (left) {
            case ConvexNull ignored -> 0;
            case ConvexInt64(long value) -> Long.compare(value, ((ConvexInt64) right).value());
            case ConvexFloat64 number -> Long.compare(number.orderBits(), ((ConvexFloat64) right).orderBits());
            case ConvexBoolean flag -> Boolean.compare(flag.value(), ((ConvexBoolean) right).value());
            case ConvexString(String value) -> compareByUtf8(value, ((ConvexString) right).value());
            case ConvexBytes bytes -> bytes.compareBytes((ConvexBytes) right);
            case ConvexArray(List<ConvexValue> elements) -> compareArrays(elements, ((ConvexArray) right).elements());
            case ConvexObject object -> compareObjects(object, (ConvexObject) right);
        };
    }

    /** Orders as the UTF-8 bytes would, which differs from {@code String.compareTo} where surrogates are involved. */
    static int compareByUtf8(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int index = 0; index < common; index++) {
            char leftChar = left.charAt(index);
            char rightChar = right.charAt(index);
            if (leftChar != rightChar) {
                boolean leftSurrogate = Character.isSurrogate(leftChar);
                boolean rightSurrogate = Character.isSurrogate(rightChar);
                if (leftSurrogate != rightSurrogate) {
                    // A surrogate stands for a code point past U+FFFF, which sorts after every other char.
                    return leftSurrogate ? 1 : -1;
                }
                return Character.compare(leftChar, rightChar);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static int compareArrays(List<ConvexValue> left, List<ConvexValue> right) {
        int common = Math.min(left.size(), right.size());
        for (int index = 0; index < common; index++) {
            int order = compare(left.get(index), right.get(index));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static int compareObjects(ConvexObject left, ConvexObject right) {
        Iterator<Map.Entry<String, ConvexValue>> leftFields =
                left.fields().entrySet().iterator();
        Iterator<Map.Entry<String, ConvexValue>> rightFields =
                right.fields().entrySet().iterator();
        while (leftFields.hasNext() && rightFields.hasNext()) {
            Map.Entry<String, ConvexValue> leftField = leftFields.next();
            Map.Entry<String, ConvexValue> rightField = rightFields.next();
            int order = leftField.getKey().compareTo(rightField.getKey());
            if (order == 0) {
                order = compare(leftField.getValue(), rightField.getValue());
            }
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(leftFields.hasNext(), rightFields.hasNext());
    }
}
