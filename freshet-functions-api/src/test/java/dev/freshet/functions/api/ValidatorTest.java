package dev.freshet.functions.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import org.junit.jupiter.api.Test;

class ValidatorTest {
    private static final ConvexValue TEXT = ConvexValue.of("x");
    private static final ConvexValue NUMBER = ConvexValue.of(1.5);

    @Test
    void eachTypePassesItsOwnValuesOnly() {
        assertThat(Validator.string().check(TEXT)).isEmpty();
        assertThat(Validator.string().check(NUMBER)).isPresent();
        assertThat(Validator.number().check(NUMBER)).isEmpty();
        assertThat(Validator.number().check(ConvexValue.int64(1))).isPresent();
        assertThat(Validator.int64().check(ConvexValue.int64(1))).isEmpty();
        assertThat(Validator.int64().check(NUMBER)).isPresent();
        assertThat(Validator.bool().check(ConvexValue.of(true))).isEmpty();
        assertThat(Validator.bytes().check(ConvexValue.of(new byte[] {1}))).isEmpty();
        assertThat(Validator.bytes().check(TEXT)).isPresent();
        assertThat(Validator.nothing().check(ConvexNull.NULL)).isEmpty();
        assertThat(Validator.nothing().check(TEXT)).isPresent();
        assertThat(Validator.any().check(TEXT)).isEmpty();
        assertThat(Validator.id("users").check(TEXT)).isEmpty();
    }

    @Test
    void literalsAndUnionsPassWhatTheyName() {
        Validator color = Validator.oneOf("red", "blue");

        assertThat(color.check(ConvexValue.of("red"))).isEmpty();
        assertThat(color.check(ConvexValue.of("green"))).isPresent();
        assertThat(Validator.nullable(color).check(ConvexNull.NULL)).isEmpty();
        assertThat(color.check(ConvexNull.NULL)).isPresent();
        assertThat(Validator.literal(ConvexValue.of(0.0)).check(ConvexValue.of(-0.0)))
                .isPresent();
    }

    @Test
    void anObjectHasExactlyItsFields() {
        Validator validator = Validator.object()
                .field("name", Validator.string())
                .field("age", Validator.optional(Validator.number()));

        assertThat(validator.check(ConvexObject.of("name", TEXT))).isEmpty();
        assertThat(validator.check(ConvexObject.of("name", TEXT, "age", NUMBER)))
                .isEmpty();
        assertThat(describe(validator, ConvexObject.empty())).isEqualTo("""
                        Object is missing the required field `name`.
                        Validator: v.object({name: v.string(), age: v.optional(v.number())})
                        Value: {}""");
        assertThat(describe(validator, ConvexObject.of("name", TEXT, "more", TEXT)))
                .startsWith("Object contains extra field `more` that is not in the validator.");
        // Null is not the same as missing.
        assertThat(validator.check(ConvexObject.of("name", TEXT, "age", ConvexNull.NULL)))
                .isPresent();
    }

    @Test
    void aViolationSaysWhere() {
        Validator validator = Validator.object()
                .field("rows", Validator.array(Validator.object().field("n", Validator.number())));
        ConvexValue value = ConvexObject.of(
                "rows", ConvexValue.array(ConvexObject.of("n", NUMBER), ConvexObject.of("n", ConvexValue.of("7"))));

        assertThat(describe(validator, value)).isEqualTo("""
                        Value does not match validator.
                        Validator: v.number()
                        Path: .rows[1].n
                        Value: "7\"""");
    }

    @Test
    void recordsCheckEachValue() {
        Validator validator = Validator.record(Validator.number());

        assertThat(validator.check(ConvexObject.of("a", NUMBER, "b", NUMBER))).isEmpty();
        assertThat(describe(validator, ConvexObject.of("a", NUMBER, "b", TEXT))).contains("Path: .b");
        assertThat(validator.check(ConvexValue.array())).isPresent();
    }

    @Test
    void aLongValueIsAbbreviated() {
        String description = describe(Validator.number(), ConvexValue.of("y".repeat(10_000)));

        assertThat(description.length()).isLessThan(400);
        assertThat(description).endsWith("…");
    }

    @Test
    void theTextIsConvexs() {
        assertThat(Validator.union(
                                Validator.id("users"),
                                Validator.array(Validator.int64()),
                                Validator.record(Validator.any()),
                                Validator.literal(ConvexValue.of("a")),
                                Validator.literal(ConvexNull.NULL))
                        .text())
                .isEqualTo("v.union(v.id(\"users\"), v.array(v.int64()), v.record(v.string(), v.any()),"
                        + " v.literal(\"a\"), v.null())");
    }

    private static String describe(Validator validator, ConvexValue value) {
        return validator.check(value).orElseThrow().describe();
    }
}
