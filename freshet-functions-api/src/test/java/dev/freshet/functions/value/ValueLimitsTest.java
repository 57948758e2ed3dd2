package dev.freshet.functions.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueLimitsTest {
    @Test
    void sizesFollowConvexsFormula() {
        assertThat(ConvexNull.NULL.size()).isEqualTo(1);
        assertThat(ConvexValue.of(true).size()).isEqualTo(1);
        assertThat(ConvexValue.of(1.5).size()).isEqualTo(9);
        assertThat(ConvexValue.int64(1).size()).isEqualTo(9);
        assertThat(ConvexValue.of("abc").size()).isEqualTo(5);
        assertThat(ConvexValue.of("é€\uD83D\uDE00").size()).isEqualTo(2 + 2 + 3 + 4);
        assertThat(ConvexValue.of(new byte[] {1, 2}).size()).isEqualTo(4);
        assertThat(ConvexValue.array(ConvexNull.NULL, ConvexValue.of(false)).size())
                .isEqualTo(4);
        assertThat(ConvexObject.of("ab", ConvexNull.NULL, "c", ConvexValue.of("x"))
                        .size())
                .isEqualTo(2 + (2 + 1 + 1) + (1 + 1 + 3));
    }

    @Test
    void depthCountsArraysAndObjects() {
        assertThat(ConvexValue.of("scalar").depth()).isZero();
        assertThat(ConvexValue.array().depth()).isEqualTo(1);
        assertThat(ConvexObject.of("a", ConvexValue.array(ConvexObject.empty())).depth())
                .isEqualTo(3);
    }

    @Test
    void aDocumentIsAtMostSixteenDeepAndOneMebibyte() {
        ValueLimits.DOCUMENT.check("a document", nested(16));
        assertThatThrownBy(() -> ValueLimits.DOCUMENT.check("a document", nested(17)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("a document is nested 17 deep, at most 16 is allowed");

        ConvexValue largest = ConvexObject.of("t", ConvexValue.of("x".repeat((1 << 20) - 6)));
        ValueLimits.DOCUMENT.check("a document", largest);
        ConvexValue tooLarge = ConvexObject.of("t", ConvexValue.of("x".repeat((1 << 20) - 5)));
        assertThatThrownBy(() -> ValueLimits.DOCUMENT.check("a document", tooLarge))
                .hasMessage("a document is 1048577 bytes in size, at most 1048576 is allowed");
    }

    @Test
    void argumentsAreAtMostSixtyFourDeep() {
        ValueLimits.ARGUMENTS_AND_RESULTS.check("the arguments", nested(64));
        assertThatThrownBy(() -> ValueLimits.ARGUMENTS_AND_RESULTS.check("the arguments", nested(65)))
                .hasMessageContaining("nested 65 deep");
    }

    @Test
    void arraysAndObjectsHaveAMostNumberOfElements() {
        assertThat(ConvexValue.of(Collections.nCopies(8192, ConvexNull.NULL)).length())
                .isEqualTo(8192);
        assertThatThrownBy(() -> ConvexValue.of(Collections.nCopies(8193, ConvexNull.NULL)))
                .hasMessage("an array has at most 8192 elements and this one has 8193");

        Map<String, ConvexValue> fields = new LinkedHashMap<>();
        for (int index = 0; index < 1024; index++) {
            fields.put("f" + index, ConvexNull.NULL);
        }
        assertThat(ConvexObject.of(fields).fields()).hasSize(1024);
        fields.put("oneMore", ConvexNull.NULL);
        assertThatThrownBy(() -> ConvexObject.of(fields)).hasMessage("an object has at most 1024 fields");
    }

    @Test
    void fieldNamesAreThoseThatClientsAccept() {
        assertThat(ConvexObject.of("with space~", ConvexNull.NULL).has("with space~"))
                .isTrue();
        assertThatThrownBy(() -> ConvexObject.of("$set", ConvexNull.NULL))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("the field name \"$set\" must not begin with $");
        assertThatThrownBy(() -> ConvexObject.of("naïve", ConvexNull.NULL)).hasMessageContaining("printable ASCII");
        assertThatThrownBy(() -> ConvexObject.of("a\nb", ConvexNull.NULL)).hasMessageContaining("printable ASCII");
        assertThatThrownBy(() -> ConvexObject.of("x".repeat(1025), ConvexNull.NULL))
                .hasMessage("a field name has at most 1024 characters");
    }

    @Test
    void stringsAreWellFormed() {
        assertThat(ConvexValue.of("\uD83D\uDE00").value()).hasSize(2);
        for (String broken : new String[] {"\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"}) {
            assertThatThrownBy(() -> ConvexValue.of(broken))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageContaining("lone surrogate");
        }
    }

    @Test
    void aWholeNumberThatAFloatCannotHoldIsRefused() {
        assertThat(ConvexValue.of(1L << 53).value()).isEqualTo(9007199254740992.0);
        assertThatThrownBy(() -> ConvexValue.of((1L << 53) + 1)).hasMessageContaining("does not fit a float64 exactly");
    }

    @Test
    void accessorsSayWhichFieldIsWrong() {
        ConvexObject object = ConvexObject.of("name", ConvexValue.of("x"), "none", ConvexNull.NULL);

        assertThat(object.string("name")).isEqualTo("x");
        assertThat(object.findString("none")).isEmpty();
        assertThat(object.findString("missing")).isEmpty();
        assertThatThrownBy(() -> object.number("name")).hasMessage("the field \"name\" is of type string, not float64");
        assertThatThrownBy(() -> object.string("missing")).hasMessage("the field \"missing\" is missing");
    }

    private static ConvexValue nested(int depth) {
        ConvexValue value = ConvexNull.NULL;
        for (int level = 0; level < depth; level++) {
            value = level % 2 == 0 ? ConvexValue.array(value) : ConvexObject.of("a", value);
        }
        return value;
    }
}
