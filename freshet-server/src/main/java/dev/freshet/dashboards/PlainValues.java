package dev.freshet.dashboards;

import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexBoolean;
import dev.freshet.functions.value.ConvexBytes;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexInt64;
import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Between Convex's values and the plain maps, lists, numbers and texts in which metrics are read and written. */
final class PlainValues {
    private PlainValues() {}

    static @Nullable Object plain(ConvexValue value) {
        return switch (value) {
            case ConvexNull nothing -> null;
            case ConvexInt64 number -> number.value();
            case ConvexFloat64 number -> number.value();
            case ConvexBoolean flag -> flag.value();
            case ConvexString text -> text.value();
            case ConvexBytes bytes -> bytes.toString();
            case ConvexArray array -> {
                List<@Nullable Object> list = new ArrayList<>();
                array.elements().forEach(element -> list.add(plain(element)));
                yield list;
            }
            case ConvexObject object -> plainFields(object);
        };
    }

    static Map<String, @Nullable Object> plainFields(ConvexObject object) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        object.fields().forEach((name, value) -> fields.put(name, plain(value)));
        return fields;
    }

    /** @throws IllegalArgumentException for an object of a kind that no metric answers with */
    static ConvexValue convex(@Nullable Object plain) {
        return switch (plain) {
            case null -> ConvexValue.ofNull();
            case Boolean flag -> ConvexValue.of((boolean) flag);
            case Number number -> ConvexValue.of(number.doubleValue());
            case String text -> ConvexValue.of(text);
            case List<?> list ->
                ConvexValue.of(list.stream().map(PlainValues::convex).toList());
            case Map<?, ?> map -> convexFields(map);
            default -> throw new IllegalArgumentException("no value of a metric: " + plain.getClass());
        };
    }

    static ConvexObject convexFields(Map<?, ?> map) {
        Map<String, ConvexValue> fields = new LinkedHashMap<>();
        map.forEach((name, value) -> fields.put(String.valueOf(name), convex(value)));
        return ConvexObject.of(fields);
    }
}
