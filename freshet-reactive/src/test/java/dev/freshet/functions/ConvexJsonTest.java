package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvexJsonTest {
    static Stream<Arguments> vectors() {
        return Stream.of(
                Arguments.of(ConvexValue.ofNull(), "null"),
                Arguments.of(ConvexValue.of(true), "true"),
                Arguments.of(ConvexValue.of("a\"ü\n"), "\"a\\\"ü\\n\""),
                Arguments.of(ConvexValue.of(1.0), "1.0"),
                Arguments.of(ConvexValue.of(0.1), "0.1"),
                Arguments.of(ConvexValue.of(-0.0), "{\"$float\":\"AAAAAAAAAIA=\"}"),
                Arguments.of(ConvexValue.of(Double.POSITIVE_INFINITY), "{\"$float\":\"AAAAAAAA8H8=\"}"),
                Arguments.of(ConvexValue.of(Double.NEGATIVE_INFINITY), "{\"$float\":\"AAAAAAAA8P8=\"}"),
                Arguments.of(ConvexValue.of(Double.NaN), "{\"$float\":\"AAAAAAAA+H8=\"}"),
                Arguments.of(ConvexValue.int64(0), "{\"$integer\":\"AAAAAAAAAAA=\"}"),
                Arguments.of(ConvexValue.int64(1), "{\"$integer\":\"AQAAAAAAAAA=\"}"),
                Arguments.of(ConvexValue.int64(-1), "{\"$integer\":\"//////////8=\"}"),
                Arguments.of(ConvexValue.int64(Long.MIN_VALUE), "{\"$integer\":\"AAAAAAAAAIA=\"}"),
                Arguments.of(ConvexValue.of(new byte[] {1, (byte) 0xff}), "{\"$bytes\":\"Af8=\"}"),
                Arguments.of(ConvexValue.array(ConvexValue.of(2.5), ConvexValue.array()), "[2.5,[]]"),
                Arguments.of(
                        ConvexObject.of("b", ConvexValue.ofNull(), "a", ConvexObject.empty()),
                        "{\"a\":{},\"b\":null}"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void valuesAreWrittenAndReadAsTheClientsDo(ConvexValue value, String json) {
        assertThat(ConvexJson.encode(value)).isEqualTo(json);
        assertThat(ConvexJson.decode(json)).isEqualTo(value);
    }

    @Test
    void everyBareNumberIsAFloat64() {
        assertThat(ConvexJson.decode("1")).isEqualTo(ConvexValue.of(1.0));
        assertThat(ConvexJson.decode("-12345678901234567890")).isEqualTo(ConvexValue.of(-1.2345678901234567e19));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$integer\":\"AAAA\"}",
                "{\"$integer\":1}",
                "{\"$float\":\"AAAAAAAA8D8=\"}",
                "{\"$bytes\":\"%\"}",
                "{\"$set\":\"x\"}",
                "{\"$integer\":\"AAAAAAAAAAA=\",\"a\":1}",
                "{\"a\":1,\"$integer\":\"AAAAAAAAAAA=\"}",
                "{\"ü\":1}",
                "\"\\ud800\"",
                "[1,]",
                "1 2",
                "",
                "[undefined]"
            })
    void whatIsNoValueIsRefused(String json) {
        assertThatThrownBy(() -> ConvexJson.decode(json)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void nestingHasALimit() {
        String deep = "[".repeat(60) + "]".repeat(60);
        String tooDeep = "[".repeat(5_000) + "]".repeat(5_000);

        assertThat(ConvexJson.encode(ConvexJson.decode(deep))).isEqualTo(deep);
        assertThatThrownBy(() -> ConvexJson.decode(tooDeep)).isInstanceOf(InvalidValueException.class);
    }
}
